import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Tx } from '../tx.js';
import { chunk } from './chunk.js';
import { type Columns, insertRows, type Value } from './insert-rows.js';
import { PostgresTx } from '../postgres/postgres-tx.js';

interface Copy<Row> {
  readonly table: string;
  readonly columns: Columns<Row>;
  /** Read while earlier rows are written, because all rows together may not fit into memory. */
  readonly rows: Iterable<Row>;
}

/** A row with its own id. */
export type Keyed<Row> = Row & { readonly id: number };

/** Number of rows that are held in memory at a time on SQLite. */
const ROWS_AT_ONCE = 2_000;
/** Characters per chunk: the server writes one while the next is built. */
const CHUNK = 64 * 1024;

/**
 * Inserts any number of rows in their order, in the fastest way that the database has; on PostgreSQL
 * with COPY, which parses and plans once for all rows. If one row is refused, none is inserted.
 */
export async function copyRows<Row>(tx: Tx, copy: Copy<Row>): Promise<void> {
  if (tx instanceof PostgresTx) return copyIntoPostgres(tx, copy);
  for (const rows of chunk(copy.rows, ROWS_AT_ONCE)) await insertRows(tx, { ...copy, rows });
}

/**
 * Copies rows with their ids into a table that generates ids; generated ids continue after them.
 */
export async function copyKeyedRows<Row>(
  tx: Tx,
  { table, columns, rows }: Copy<Keyed<Row>>,
): Promise<void> {
  await copyRows<Keyed<Row>>(tx, { table, columns: { id: ({ id }) => id, ...columns }, rows });
  // SQLite continues after the highest id by itself.
  if (tx.dialect !== 'postgres') return;
  await tx.execute(
    `SELECT setval(pg_get_serial_sequence('${table}', 'id'), MAX(id)) FROM ${table}`,
  );
}

async function copyIntoPostgres<Row>({ client }: PostgresTx, copy: Copy<Row>): Promise<void> {
  const { table, columns } = copy;
  const names = Object.keys(columns).join(', ');
  await pipeline(chunks(copy), client.query(copyFrom(`COPY ${table} (${names}) FROM STDIN`)));
}

/** Rows in COPY's text format: one per line, values separated by tabs. */
function* chunks<Row>({ columns, rows }: Copy<Row>): Generator<string> {
  const readers = Object.values(columns);
  let chunk = '';
  for (const row of rows) {
    let separator = '';
    for (const read of readers) {
      chunk += separator + encode(read(row));
      separator = '\t';
    }
    chunk += '\n';
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk) yield chunk;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function encode(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
