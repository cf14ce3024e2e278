import type { EntityManager } from 'typeorm';

export type Value = string | number | null;

export interface Insertion {
  readonly table: string;
  readonly columns: readonly string[];
  /** Their values, in the order of the columns. */
  readonly rows: readonly (readonly Value[])[];
  /** What follows the values, such as ON CONFLICT or RETURNING. */
  readonly ending?: string;
}

/**
 * Rows of one statement. A larger statement is no quicker, and this keeps far from the 32,766
 * parameters that SQLite allows. Always the same number, so that the prepared statement is reused.
 */
const ROWS_PER_STATEMENT = 200;

/** Inserts rows in their order, many to a statement, and answers what the ending returns. */
export async function insertRows<T>(tx: EntityManager, insertion: Insertion): Promise<T[]> {
  const { table, columns, rows, ending = '' } = insertion;
  const returned: T[] = [];
  for (let first = 0; first < rows.length; first += ROWS_PER_STATEMENT) {
    const values = rows.slice(first, first + ROWS_PER_STATEMENT);
    const tuples = placeholders(tx, values.length, columns.length);
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples} ${ending}`;
    const answer = await tx.query<unknown>(sql, values.flat());
    if (Array.isArray(answer)) returned.push(...(answer as T[]));
  }
  return returned;
}

/**
 * Inserts rows of a table with a generated key and answers their ids in the order of the rows.
 * Where a row brings an id of its own all of them must, and then those are kept.
 */
export async function insertIdentified(
  tx: EntityManager,
  insertion: Omit<Insertion, 'ending'> & { readonly ids: readonly (number | undefined)[] },
): Promise<number[]> {
  const ids = insertion.ids.filter((id) => id !== undefined);
  const { table, columns, rows } = insertion;
  if (ids.length === 0) {
    const ending = 'RETURNING id';
    const made = await insertRows<{ id: number }>(tx, { table, columns, rows, ending });
    // Keys ascend in the order of the rows; in which order RETURNING gives them is not promised.
    return made.map(({ id }) => id).sort((one, other) => one - other);
  }
  if (ids.length < rows.length) throw new Error(`Some rows of ${table} have an id and some do not`);
  await insertRows(tx, {
    table,
    columns: ['id', ...columns],
    rows: rows.map((row, position) => [ids[position] ?? null, ...row]),
  });
  return ids;
}

function placeholders(tx: EntityManager, rows: number, columns: number): string {
  const { driver } = tx.dataSource;
  const tuple = (row: number) =>
    Array.from({ length: columns }, (_, column) =>
      driver.createParameter('value', row * columns + column),
    ).join(', ');
  return Array.from({ length: rows }, (_, row) => `(${tuple(row)})`).join(', ');
}
