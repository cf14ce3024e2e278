import { violationsIn } from '../../test/support/checks/rules.js';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';

/** The number of all bookings and of the active ones. */
export interface BookingCount {
  readonly all: number;
  readonly active: number;
}

export async function countBookings(database: BenchDatabase): Promise<BookingCount> {
  const [count] = await database.query<BookingCount>(
    `SELECT (SELECT COUNT(*) FROM reservations) AS "all",
      (SELECT COUNT(*) FROM reservations WHERE left_at IS NULL) AS active`,
  );
  if (!count) throw new Error('The count has no row');
  return count;
}

/** Returns a line for each violated rule. The server must be idle. */
export async function violatedRules(
  { name }: Pick<DatabaseKind, 'name'>,
  database: BenchDatabase,
): Promise<string[]> {
  const violations = await violationsIn({ kind: name, query: (query) => database.query(query) });
  return Object.entries(violations).map(
    ([rule, [row]]) => `violated rule: ${rule}: ${JSON.stringify(row)}`,
  );
}
