import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A separate connection of a test to the SQLite file of a program. */
export interface DatabaseFile extends Disposable {
  /** Runs one statement without a result; returns how many rows it changed. */
  run(sql: string, ...values: readonly unknown[]): number;
  all<Row>(sql: string, ...values: readonly unknown[]): Row[];
  count(table: string, condition?: string): number;
}

export function openDatabase(dataDirectory: string): DatabaseFile {
  const connection = new Database(join(dataDirectory, 'vpms.db'), { timeout: 5_000 });
  return {
    run: (sql, ...values) => connection.prepare(sql).run(...values).changes,
    all: <Row>(sql: string, ...values: readonly unknown[]) =>
      connection.prepare(sql).all(...values) as Row[],
    count(table, condition = 'TRUE') {
      const sql = `SELECT COUNT(*) FROM ${table} WHERE ${condition}`;
      return Number(connection.prepare(sql).pluck().get());
    },
    [Symbol.dispose]: () => void connection.close(),
  };
}

/** Runs one statement on the file; returns its rows. */
export function querySqlite<Row>(file: string, sql: string): Row[] {
  const connection = new Database(file, { timeout: 5_000 });
  try {
    const statement = connection.prepare<[], Row>(sql);
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  } finally {
    connection.close();
  }
}
