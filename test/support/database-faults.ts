import type { Database } from 'better-sqlite3';

/** Each finds what must never be, whoever wrote it: every row that it answers is a fault. */
const FAULTS = {
  'a spot with two bookings at once': overlapping('spot_id'),
  'a driver with two bookings at once': overlapping('user_id'),
  'a booking at a spot of another lot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = r.spot_id
    WHERE spots.lot_id <> r.lot_id`,
  'a spot whose status is not that of its bookings': `
    SELECT id FROM spots WHERE (status = 'O') <>
      EXISTS (SELECT 1 FROM reservations r WHERE r.spot_id = spots.id AND r.left_at IS NULL)`,
  'a lot with another number of spots': `
    SELECT id FROM lots WHERE number_of_spots <>
      (SELECT COUNT(*) FROM spots WHERE lot_id = lots.id AND retired_at IS NULL)`,
  'spots that are not numbered from 1': `
    SELECT lot_id FROM spots GROUP BY lot_id HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)`,
  'totals that are not those of the bookings': `
    SELECT a.id FROM accounts a LEFT JOIN driver_totals t ON t.user_id = a.id
    LEFT JOIN (SELECT user_id, COUNT(*) AS bookings, COALESCE(SUM(cost), 0) AS spent
      FROM reservations GROUP BY user_id) AS r ON r.user_id = a.id
    WHERE COALESCE(t.bookings, 0) <> COALESCE(r.bookings, 0)
      OR COALESCE(t.spent, 0) <> COALESCE(r.spent, 0)`,
  'a cost that is not the started hours at the agreed price': `
    SELECT id FROM reservations WHERE left_at IS NOT NULL
      AND cost <> price_per_hour * MAX(1, (left_at - parked_at + 3599999) / 3600000)`,
  'a booking of no driver, or before the driver or lot was there': `
    SELECT r.id FROM reservations r JOIN accounts a ON a.id = r.user_id
    JOIN lots l ON l.id = r.lot_id
    WHERE r.parked_at < a.created_at OR r.parked_at < l.created_at OR a.role <> 'user'`,
};

/** What is wrong in the database, in words; nothing where all is well. */
export function findFaults(database: Database): string[] {
  return Object.entries(FAULTS).flatMap(([fault, sql]) => {
    const rows = database.prepare(sql).all();
    return rows.length === 0 ? [] : [`${fault}: ${JSON.stringify(rows.slice(0, 3))}`];
  });
}

/** Bookings that begin before an earlier one of the same spot or driver has ended. */
function overlapping(column: 'spot_id' | 'user_id'): string {
  return `SELECT id FROM (
    SELECT id, parked_at, MAX(COALESCE(left_at, 9e15)) OVER (
      PARTITION BY ${column} ORDER BY parked_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS taken_until FROM reservations
  ) AS stay WHERE taken_until > parked_at`;
}
