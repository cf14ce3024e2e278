import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Tx } from '../tx.js';
import { chunk } from './chunk.js';
import { type Columns, insertRows, type Value } from './insert-rows.js';
import { PostgresTx } from '../postgres/postgres-tx.js';

interface Copy<Row> {
  readonly table: string;
  readonly columns: Columns<Row>;
  /** Taken one at a time, while those before them are written: a table may be larger than the memory. */
  readonly rows: Iterable<Row>;
}

/** A row that brings its key along. */
export type Keyed<Row> = Row & { readonly id: number };

/** Rows that are held at once on SQLite. */
const ROWS_AT_ONCE = 2_000;
/** Characters that are sent at once: the server writes some while we make the next. */
const CHUNK = 64 * 1024;

/**
 * Inserts rows in their order, as many as there are, in the quickest way that the database has: on
 * PostgreSQL with COPY, which parses, plans and answers once for all of them. A refused row is an
 * error, and none is inserted then.
 */
export async function copyRows<Row>(tx: Tx, copy: Copy<Row>): Promise<void> {
  if (tx instanceof PostgresTx) return copyIntoPostgres(tx, copy);
  for (const rows of chunk(copy.rows, ROWS_AT_ONCE)) await insertRows(tx, { ...copy, rows });
}

/** Copies rows with their keys into a table that generates keys; generated ones go on after them. */
export async function copyKeyedRows<Row>(
  tx: Tx,
  { table, columns, rows }: Copy<Keyed<Row>>,
): Promise<void> {
  await copyRows<Keyed<Row>>(tx, { table, columns: { id: ({ id }) => id, ...columns }, rows });
  // SQLite goes on by itself.
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

/** Rows in COPY's text form: one to a line, its values apart by tabs. */
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
