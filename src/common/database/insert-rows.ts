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
  const { rows } = insertion;
  const full = rows.length < ROWS_PER_STATEMENT ? '' : statement(tx, insertion, ROWS_PER_STATEMENT);
  const returned: T[] = [];
  for (let first = 0; first < rows.length; first += ROWS_PER_STATEMENT) {
    const values = rows.slice(first, first + ROWS_PER_STATEMENT);
    const isFull = values.length === ROWS_PER_STATEMENT;
    const sql = isFull ? full : statement(tx, insertion, values.length);
    const answer = await tx.query<unknown>(sql, values.flat());
    if (Array.isArray(answer)) returned.push(...(answer as T[]));
  }
  return returned;
}

/**
 * The same insertion with ids of the rows' own, where they have any.
 * @throws Error where some have one and some do not.
 */
export function withIds(insertion: Insertion, ids: readonly (number | undefined)[]): Insertion {
  const given = ids.filter((id) => id !== undefined);
  if (given.length === 0) return insertion;
  const { table, columns, rows } = insertion;
  if (given.length < rows.length) {
    throw new Error(`Some rows of ${table} have an id and some do not`);
  }
  return {
    ...insertion,
    columns: ['id', ...columns],
    rows: rows.map((row, position) => [given[position] ?? null, ...row]),
  };
}

/** Inserts rows of a table with a generated key, and answers their ids in the order of the rows. */
export async function insertIdentified(
  tx: EntityManager,
  insertion: Insertion,
  ids: readonly (number | undefined)[],
): Promise<number[]> {
  const ending = 'RETURNING id';
  const made = await insertRows<{ id: number }>(tx, withIds({ ...insertion, ending }, ids));
  const given = ids.filter((id) => id !== undefined);
  // Keys ascend in the order of the rows; in which order RETURNING gives them is not promised.
  return given.length > 0 ? given : made.map(({ id }) => id).sort((one, other) => one - other);
}

function statement(tx: EntityManager, insertion: Insertion, rows: number): string {
  const { table, columns, ending = '' } = insertion;
  const { driver } = tx.dataSource;
  const tuple = (row: number) =>
    columns.map((_, column) => driver.createParameter('value', row * columns.length + column));
  const tuples = Array.from({ length: rows }, (_, row) => `(${tuple(row).join(', ')})`);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples.join(', ')} ${ending}`;
}
