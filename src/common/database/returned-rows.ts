/**
 * The rows of an UPDATE or DELETE … RETURNING, which TypeORM gives as they are on SQLite and
 * together with their number on PostgreSQL.
 */
export function returnedRows<T extends object>(
  result: readonly T[] | readonly [readonly T[], number],
): readonly T[] {
  const [first] = result;
  return Array.isArray(first) ? (first as readonly T[]) : (result as readonly T[]);
}
