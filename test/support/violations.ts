import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { TestApp } from './test-app.js';

/** Each query finds what must not be; what a row says is for whoever reads the failure. */
const RULES: Readonly<Record<string, string>> = {
  'a lot counts its spots that are not retired': `
    SELECT lots.id, number_of_spots,
      (SELECT COUNT(*) FROM spots WHERE lot_id = lots.id AND spots.retired_at IS NULL) AS counted
    FROM lots WHERE retired_at IS NULL AND number_of_spots <> counted`,
  'a retired lot has no spot': `
    SELECT lots.id, spots.number FROM lots JOIN spots ON spots.lot_id = lots.id
    WHERE lots.retired_at IS NOT NULL AND spots.retired_at IS NULL`,
  'a spot is occupied exactly where an active reservation is': `
    SELECT spots.id, status FROM spots
    WHERE (status = 'O') <> EXISTS (
      SELECT 1 FROM reservations WHERE spot_id = spots.id AND left_at IS NULL)`,
  'a spot has one active reservation at the most': `
    SELECT spot_id, COUNT(*) AS active FROM reservations WHERE left_at IS NULL
    GROUP BY spot_id HAVING active > 1`,
  'a driver has one active reservation at the most': `
    SELECT user_id, COUNT(*) AS active FROM reservations WHERE left_at IS NULL
    GROUP BY user_id HAVING active > 1`,
  'nobody stands on a retired spot or lot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = spot_id JOIN lots ON lots.id = r.lot_id
    WHERE left_at IS NULL AND (spots.retired_at IS NOT NULL OR lots.retired_at IS NOT NULL)`,
  'a reservation is for a spot of its lot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = spot_id WHERE spots.lot_id <> r.lot_id`,
  'no two stays on one spot overlap': `
    SELECT a.id, b.id FROM reservations a
    JOIN reservations b ON b.spot_id = a.spot_id AND b.id > a.id
    WHERE COALESCE(a.left_at, 9e15) > b.parked_at AND COALESCE(b.left_at, 9e15) > a.parked_at`,
  "a lot's spots are numbered without a gap": `
    SELECT lot_id, MAX(number), COUNT(*) FROM spots GROUP BY lot_id HAVING MAX(number) <> COUNT(*)`,
  "a driver's totals are those of the reservations": `
    SELECT user_id, COUNT(*) AS counted, COALESCE(SUM(cost), 0) AS paid,
      (SELECT bookings FROM driver_totals t WHERE t.user_id = r.user_id) AS bookings,
      (SELECT spent FROM driver_totals t WHERE t.user_id = r.user_id) AS spent
    FROM reservations r GROUP BY user_id
    HAVING counted IS NOT bookings OR paid IS NOT spent`,
  'nobody has totals without a reservation': `
    SELECT user_id FROM driver_totals
    WHERE user_id NOT IN (SELECT user_id FROM reservations)`,
  'every reference leads somewhere': `SELECT * FROM pragma_foreign_key_check`,
  'the file is sound': `SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'`,
};

/** Which rules of the domain the database breaks, and the rows that do; nothing where all is well. */
export function findViolations({ dataDirectory }: TestApp): Record<string, unknown[]> {
  const database = new Database(join(dataDirectory, 'vpms.db'), { readonly: true });
  try {
    return Object.fromEntries(
      Object.entries(RULES)
        .map(([rule, query]) => [rule, database.prepare(query).all()] as const)
        .filter(([, rows]) => rows.length > 0),
    );
  } finally {
    database.close();
  }
}
