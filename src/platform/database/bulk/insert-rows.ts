import { placeholder } from '../sql/sql-tag.js';
import type { Tx } from '../tx.js';

export type Value = string | number | null;

/** The columns to insert, each with a function that reads its value from a row. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Value>>;

interface Insertion<Row> {
  readonly table: string;
  readonly columns: Columns<Row>;
  readonly rows: readonly Row[];
  /** SQL after the values, such as ON CONFLICT or RETURNING. */
  readonly ending?: string;
}

/**
 * Rows per statement. A larger statement is not faster, and this stays far below SQLite's limit of
 * 32,766 parameters. The number is constant, so that the prepared statement is reused.
 */
const ROWS_PER_STATEMENT = 200;

/** Inserts rows in their order, many per statement, and returns what `ending` returns. */
export async function insertRows<Row, Returned = never>(
  tx: Tx,
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
    returned.push(...((await tx.execute(sql, values)) as Returned[]));
  }
  return returned;
}

/** Inserts rows of a table that generates ids, and returns the ids in the order of the rows. */
export async function insertKeyedRows<Row>(tx: Tx, insertion: Insertion<Row>): Promise<number[]> {
  const made = await insertRows<Row, { id: number }>(tx, { ...insertion, ending: 'RETURNING id' });
  // Ids ascend in the order of the rows; the order of RETURNING is not guaranteed.
  return made.map(({ id }) => id).sort((one, other) => one - other);
}

function statement<Row>(tx: Tx, insertion: Insertion<Row>, rows: number): string {
  const { table, columns, ending = '' } = insertion;
  const names = Object.keys(columns);
  const tuple = (row: number) =>
    names.map((_, column) => placeholder(tx.dialect, row * names.length + column + 1));
  const tuples = Array.from({ length: rows }, (_, row) => `(${tuple(row).join(', ')})`);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES ${tuples.join(', ')} ${ending}`;
}
