import type { EntityManager } from 'typeorm';

type Value = string | number | null;

interface Insertion<Row> {
  readonly table: string;
  /** Each column, and what stands there. */
  readonly columns: Readonly<Record<string, (row: Row) => Value>>;
  readonly rows: readonly Row[];
  /** What follows the values, such as ON CONFLICT or RETURNING. */
  readonly ending?: string;
}

/** A row of a table with a generated key. */
interface KeyedRow {
  /** Kept where given; generated where left out (in all rows of a call, or in none). */
  readonly id?: number;
}

/**
 * Rows of one statement. A larger statement is no quicker, and this keeps far from the 32,766
 * parameters that SQLite allows. Always the same number, so that the prepared statement is reused.
 */
const ROWS_PER_STATEMENT = 200;

/** Inserts rows in their order, many to a statement, and answers what the ending returns. */
export async function insertRows<Row, Returned = never>(
  tx: EntityManager,
  insertion: Insertion<Row>,
): Promise<Returned[]> {
  const { columns, rows } = insertion;
  const readers = Object.values(columns);
  const full = rows.length < ROWS_PER_STATEMENT ? '' : statement(tx, insertion, ROWS_PER_STATEMENT);
  const returned: Returned[] = [];
  for (let first = 0; first < rows.length; first += ROWS_PER_STATEMENT) {
    const some = rows.slice(first, first + ROWS_PER_STATEMENT);
    const isFull = some.length === ROWS_PER_STATEMENT;
    const sql = isFull ? full : statement(tx, insertion, some.length);
    const values = some.flatMap((row) => readers.map((read) => read(row)));
    const answer = await tx.query<unknown>(sql, values);
    if (Array.isArray(answer)) returned.push(...(answer as Returned[]));
  }
  return returned;
}

/**
 * Inserts rows of a table with a generated key, and answers their ids in the order of the rows.
 * @throws Error where some bring an id and some do not.
 */
export async function insertKeyedRows<Row extends KeyedRow>(
  tx: EntityManager,
  insertion: Insertion<Row>,
): Promise<number[]> {
  const { table, columns, rows } = insertion;
  const given = rows.map(({ id }) => id).filter((id) => id !== undefined);
  if (given.length === 0) {
    const made = await insertRows<Row, { id: number }>(tx, {
      ...insertion,
      ending: 'RETURNING id',
    });
    // Keys ascend in the order of the rows; in which order RETURNING gives them is not promised.
    return made.map(({ id }) => id).sort((one, other) => one - other);
  }
  if (given.length < rows.length) {
    throw new Error(`Some rows of ${table} have an id and some do not`);
  }
  await insertRows<Row>(tx, {
    ...insertion,
    columns: { id: ({ id }) => id ?? null, ...columns },
  });
  await continueKeys(tx, table);
  return given;
}

/** Lets generated keys go on after the highest one. SQLite does so by itself. */
async function continueKeys(tx: EntityManager, table: string): Promise<void> {
  if (tx.dataSource.options.type !== 'postgres') return;
  await tx.query(`SELECT setval(pg_get_serial_sequence('${table}', 'id'), MAX(id)) FROM ${table}`);
}

function statement<Row>(tx: EntityManager, insertion: Insertion<Row>, rows: number): string {
  const { table, columns, ending = '' } = insertion;
  const { driver } = tx.dataSource;
  const names = Object.keys(columns);
  const tuple = (row: number) =>
    names.map((_, column) => driver.createParameter('value', row * names.length + column));
  const tuples = Array.from({ length: rows }, (_, row) => `(${tuple(row).join(', ')})`);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES ${tuples.join(', ')} ${ending}`;
}
