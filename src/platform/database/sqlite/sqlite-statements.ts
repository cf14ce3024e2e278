import type { Database, Statement } from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import type { Execute } from '../sql/sql-tag.js';

/** Maximum number of prepared statements. The program has fewer, though some vary with a list's length. */
const MAX_STATEMENTS = 500;
/**
 * With a bare `LIMIT ?`, SQLite inspects the bound value while planning and replans on every bind.
 * `? + 0` prevents it: a list of bookings rose from 48 % to 57 % of the bare server's throughput.
 */
const LIMIT = 'LIMIT ? + 0';

type Run = (parameters: readonly unknown[]) => unknown[];

/** Runs statements on a SQLite connection and prepares each of them once. */
export function sqliteStatements({ driver }: DataSource): Execute {
  const { databaseConnection: database } = driver as unknown as { databaseConnection: Database };
  const prepared = new Map<string, Run>();
  const prepare = (text: string): Run => {
    const run = runnerOf(database.prepare(text.replaceAll('LIMIT ?', LIMIT)));
    const [oldest] = prepared.keys();
    if (prepared.size >= MAX_STATEMENTS && oldest !== undefined) prepared.delete(oldest);
    prepared.set(text, run);
    return run;
  };
  return (text, parameters) => (prepared.get(text) ?? prepare(text))(parameters);
}

/**
 * Reads rows as arrays and converts them to objects here. The objects of better-sqlite3 take longer: 280
 * instead of 170 µs for a page of 50 bookings (docs/performance.md).
 */
function runnerOf(statement: Statement): Run {
  if (!statement.reader) {
    return (parameters) => {
      statement.run(...parameters);
      return [];
    };
  }
  const names = statement.columns().map(({ name }) => name);
  const values = statement.raw() as Statement<unknown[], unknown[]>;
  // Rows are copies of an object that has all properties already: V8 makes an object that gets its 17th
  // property by name a hash table, which takes two to four times as long to make (docs/performance.md).
  const template = Object.fromEntries(names.map((name) => [name, null]));
  return (parameters) => values.all(...parameters).map((row) => fill({ ...template }, names, row));
}

function fill(
  row: Record<string, unknown>,
  names: readonly string[],
  values: readonly unknown[],
): Record<string, unknown> {
  // An iterator over entries would cost half of the time that the arrays save.
  for (let index = 0; index < names.length; index += 1) row[names[index] as string] = values[index];
  return row;
}
