// Checks that the database obeys every rule of the domain, with a query for the violations of each.

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
  'a stay without a tariff costs the started hours at the agreed price': `
    SELECT id, cost FROM reservations
    WHERE status = 'completed' AND tariff_id IS NULL AND reserved_from IS NULL
      AND cost <> price_per_hour * CASE WHEN left_at <= parked_at THEN 1
        ELSE (left_at - parked_at + 3599999) / 3600000 END`,
  'the tariff of a reservation is a version of its lot that applied when it began': `
    SELECT r.id FROM reservations r JOIN tariffs t ON t.id = r.tariff_id
    WHERE t.lot_id <> r.lot_id OR r.price_per_hour <> t.price_per_hour
      OR (r.reserved_from IS NULL AND (r.parked_at < t.valid_from OR r.parked_at > t.ends_at))`,
  // A version that was withdrawn before it began has no length.
  'at most one version of a tariff applies to a lot at any moment': `
    SELECT a.id, b.id AS other FROM tariffs a JOIN tariffs b ON b.lot_id = a.lot_id AND b.id > a.id
    WHERE a.valid_from < b.ends_at AND b.valid_from < a.ends_at
      AND a.valid_from < a.ends_at AND b.valid_from < b.ends_at`,
  'no reservation began before its account or lot was created': `
    SELECT r.id FROM reservations r JOIN accounts ON accounts.id = user_id
    JOIN lots ON lots.id = r.lot_id
    WHERE reserved_from IS NULL
      AND (parked_at < accounts.created_at OR parked_at < lots.created_at)`,
  'no two claims of one spot overlap': `
    SELECT a.id, b.id AS other FROM reservations a
    JOIN reservations b ON b.spot_id = a.spot_id AND b.id > a.id
    WHERE a.claim_from < b.claim_until AND b.claim_from < a.claim_until`,
  "a driver's windows do not overlap": `
    SELECT a.id, b.id AS other FROM reservations a
    JOIN reservations b ON b.user_id = a.user_id AND b.id > a.id
    WHERE a.status IN ('held', 'reserved') AND b.status IN ('held', 'reserved')
      AND a.reserved_from < b.reserved_until AND b.reserved_from < a.reserved_until
      AND a.lapses_at > b.updated_at AND b.lapses_at > a.updated_at`,
  'a booking ahead claims its window, or nothing': `
    SELECT id FROM reservations WHERE status IN ('held', 'reserved') AND claim_from IS NOT NULL
      AND (claim_from <> reserved_from OR claim_until <> reserved_until)`,
  'no booking ahead is in a retired lot or claims a retired spot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = spot_id JOIN lots ON lots.id = r.lot_id
    WHERE r.status IN ('held', 'reserved') AND (lots.retired_at IS NOT NULL
      OR (r.claim_from IS NOT NULL AND spots.retired_at IS NOT NULL))`,
  'only drivers park': `
    SELECT r.id FROM reservations r JOIN accounts ON accounts.id = user_id WHERE role <> 'user'`,
  "a lot's spots are numbered from 1 without a gap": `
    SELECT lot_id, MIN(number), MAX(number), COUNT(*) FROM spots
    GROUP BY lot_id HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)`,
  "a driver's totals are those of the reservations": `
    SELECT r.user_id, r.bookings, r.spent, t.bookings AS counted, t.spent AS added
    FROM (SELECT user_id, COALESCE(SUM(cost), 0) AS spent,
        SUM(CASE WHEN status IN ('active', 'completed') THEN 1 ELSE 0 END) AS bookings
      FROM reservations GROUP BY user_id) AS r
    LEFT JOIN driver_totals t ON t.user_id = r.user_id
    WHERE r.bookings <> COALESCE(t.bookings, 0) OR r.spent <> COALESCE(t.spent, 0)`,
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
  { kind, query: run }: RuleTarget,
  except: readonly Rule[] = [],
): Promise<Record<string, unknown[]>> {
  const violations: Record<string, unknown[]> = {};
  const rules = { ...RULES, ...(kind === 'sqlite' && SQLITE_RULES) };
  for (const [rule, query] of Object.entries(rules)) {
    if (except.some((excepted) => excepted === rule)) continue;
    const rows = await run(query);
    if (rows.length > 0) violations[rule] = rows.slice(0, 5);
  }
  return violations;
}

/**
 * Stays that overlap with an earlier one of the same spot or driver. Of two that began at the same
 * instant, a stay of zero length counts as the earlier one.
 */
function overlapping(column: 'spot_id' | 'user_id'): string {
  return `SELECT id, ${column} FROM (
    SELECT id, ${column}, parked_at, MAX(COALESCE(left_at, 9e15)) OVER (
      PARTITION BY ${column} ORDER BY parked_at, COALESCE(left_at, 9e15), id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS taken_until FROM reservations WHERE status IN ('active', 'completed')
  ) AS stay WHERE taken_until > parked_at`;
}
