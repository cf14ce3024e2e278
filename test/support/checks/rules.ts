// Claim: the database obeys every rule of the domain, because each rule is a query that finds its violations.

/** Each query finds rows that violate a rule; its columns explain the violation. */
const RULES = {
  'a lot counts its spots that are not retired': `
    SELECT lots.id, number_of_spots,
      (SELECT COUNT(*) FROM spots WHERE lot_id = lots.id AND spots.retired_at IS NULL) AS counted
    FROM lots WHERE retired_at IS NULL AND number_of_spots <> (
      SELECT COUNT(*) FROM spots WHERE lot_id = lots.id AND spots.retired_at IS NULL)`,
  'a retired lot has no spot': `
    SELECT lots.id, spots.number FROM lots JOIN spots ON spots.lot_id = lots.id
    WHERE lots.retired_at IS NOT NULL AND spots.retired_at IS NULL`,
  'a spot is occupied exactly where an active reservation is': `
    SELECT spots.id, status FROM spots
    WHERE (status = 'O') <> EXISTS (
      SELECT 1 FROM reservations WHERE spot_id = spots.id AND left_at IS NULL)`,
  'a spot has one active reservation at the most': `
    SELECT spot_id, COUNT(*) AS active FROM reservations WHERE left_at IS NULL
    GROUP BY spot_id HAVING COUNT(*) > 1`,
  'a driver has one active reservation at the most': `
    SELECT user_id, COUNT(*) AS active FROM reservations WHERE left_at IS NULL
    GROUP BY user_id HAVING COUNT(*) > 1`,
  'no active reservation is on a retired spot or lot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = spot_id JOIN lots ON lots.id = r.lot_id
    WHERE left_at IS NULL AND (spots.retired_at IS NOT NULL OR lots.retired_at IS NOT NULL)`,
  'a reservation is for a spot of its lot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = spot_id WHERE spots.lot_id <> r.lot_id`,
  'no two stays on one spot overlap': overlapping('spot_id'),
  'no two stays of one driver overlap': overlapping('user_id'),
  'a stay costs the started hours at the agreed price': `
    SELECT id, cost FROM reservations WHERE left_at IS NOT NULL
      AND cost <> price_per_hour * CASE WHEN left_at <= parked_at THEN 1
        ELSE (left_at - parked_at + 3599999) / 3600000 END`,
  'no reservation began before its account or lot was created': `
    SELECT r.id FROM reservations r JOIN accounts ON accounts.id = user_id
    JOIN lots ON lots.id = r.lot_id
    WHERE parked_at < accounts.created_at OR parked_at < lots.created_at`,
  'only drivers park': `
    SELECT r.id FROM reservations r JOIN accounts ON accounts.id = user_id WHERE role <> 'user'`,
  "a lot's spots are numbered from 1 without a gap": `
    SELECT lot_id, MIN(number), MAX(number), COUNT(*) FROM spots
    GROUP BY lot_id HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)`,
  "a driver's totals are those of the reservations": `
    SELECT r.user_id, r.bookings, r.spent, t.bookings AS counted, t.spent AS added
    FROM (SELECT user_id, COUNT(*) AS bookings, COALESCE(SUM(cost), 0) AS spent
      FROM reservations GROUP BY user_id) AS r
    LEFT JOIN driver_totals t ON t.user_id = r.user_id
    WHERE r.bookings IS DISTINCT FROM t.bookings OR r.spent IS DISTINCT FROM t.spent`,
  'no driver has totals without a reservation': `
    SELECT user_id FROM driver_totals
    WHERE user_id NOT IN (SELECT user_id FROM reservations)`,
} as const;

/** Rules that PostgreSQL enforces by itself. */
const SQLITE_RULES = {
  'every reference leads somewhere': `SELECT * FROM pragma_foreign_key_check`,
  'the file is sound': `SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'`,
} as const;

export type Rule = keyof typeof RULES;

/** A database and a function that queries it. */
export interface RuleTarget {
  readonly kind: 'sqlite' | 'postgres';
  readonly query: (query: string) => Promise<readonly unknown[]>;
}

/**
 * The rules that the database violates, with the first rows; empty if there is no violation. Rules
 * that the data need not satisfy are skipped.
 */
export async function violationsIn(
  { kind, query: ask }: RuleTarget,
  except: readonly Rule[] = [],
): Promise<Record<string, unknown[]>> {
  const violations: Record<string, unknown[]> = {};
  const rules = { ...RULES, ...(kind === 'sqlite' && SQLITE_RULES) };
  for (const [rule, query] of Object.entries(rules)) {
    if (except.some((excepted) => excepted === rule)) continue;
    const rows = await ask(query);
    if (rows.length > 0) violations[rule] = rows.slice(0, 5);
  }
  return violations;
}

/** Stays that overlap with an earlier one of the same spot or driver. */
function overlapping(column: 'spot_id' | 'user_id'): string {
  return `SELECT id, ${column} FROM (
    SELECT id, ${column}, parked_at, MAX(COALESCE(left_at, 9e15)) OVER (
      PARTITION BY ${column} ORDER BY parked_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS taken_until FROM reservations
  ) AS stay WHERE taken_until > parked_at`;
}
