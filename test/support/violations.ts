import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Each query finds what must not be; what a row says is for whoever reads the failure. */
const RULES = {
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
  'no two stays on one spot overlap': overlapping('spot_id'),
  'no two stays of one driver overlap': overlapping('user_id'),
  'a stay costs the started hours at the agreed price': `
    SELECT id, cost FROM reservations WHERE left_at IS NOT NULL
      AND cost <> price_per_hour * MAX(1, (left_at - parked_at + 3599999) / 3600000)`,
  'nobody parked before the account or the lot was there': `
    SELECT r.id FROM reservations r JOIN accounts ON accounts.id = user_id
    JOIN lots ON lots.id = r.lot_id
    WHERE parked_at < accounts.created_at OR parked_at < lots.created_at`,
  'only drivers park': `
    SELECT r.id FROM reservations r JOIN accounts ON accounts.id = user_id WHERE role <> 'user'`,
  "a lot's spots are numbered from 1 without a gap": `
    SELECT lot_id, MIN(number), MAX(number), COUNT(*) FROM spots
    GROUP BY lot_id HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)`,
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
} as const;

export type Rule = keyof typeof RULES;

/**
 * Which rules of the domain the database in the folder breaks, and the first rows that do; nothing
 * where all is well. Those that the data need not obey are left out.
 */
export function findViolations(
  { dataDirectory }: { readonly dataDirectory: string },
  except: readonly Rule[] = [],
): Record<string, unknown[]> {
  const database = new Database(join(dataDirectory, 'vpms.db'), { readonly: true });
  try {
    return Object.fromEntries(
      Object.entries(RULES)
        .filter(([rule]) => !except.some((excepted) => excepted === rule))
        .map(([rule, query]) => [rule, database.prepare(query).all().slice(0, 5)] as const)
        .filter(([, rows]) => rows.length > 0),
    );
  } finally {
    database.close();
  }
}

/** Stays that begin before an earlier one of the same spot or driver has ended. */
function overlapping(column: 'spot_id' | 'user_id'): string {
  return `SELECT id, ${column} FROM (
    SELECT id, ${column}, parked_at, MAX(COALESCE(left_at, 9e15)) OVER (
      PARTITION BY ${column} ORDER BY parked_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS taken_until FROM reservations
  ) AS stay WHERE taken_until > parked_at`;
}
