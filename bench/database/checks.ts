import { violationsIn } from '../../test/support/checks/rules.js';
import type { BenchDatabase, DatabaseKind } from './bench-database.js';

/** How many bookings there are, and how many of them are not released. */
export interface BookingCount {
  readonly all: number;
  readonly active: number;
}

export async function countBookings(database: BenchDatabase): Promise<BookingCount> {
  const [count] = await database.query<BookingCount>(
    `SELECT (SELECT COUNT(*) FROM reservations) AS "all",
      (SELECT COUNT(*) FROM reservations WHERE left_at IS NULL) AS active`,
  );
  if (!count) throw new Error('There is no count');
  return count;
}

/** What is wrong in the database of a server that has nothing to do; nothing where all is well. */
export async function brokenRules(
  { name }: Pick<DatabaseKind, 'name'>,
  database: BenchDatabase,
): Promise<string[]> {
  const violations = await violationsIn({ kind: name, ask: (query) => database.query(query) });
  return Object.entries(violations).map(
    ([rule, [row]]) => `the rule is broken that ${rule}: ${JSON.stringify(row)}`,
  );
}
