import type { Database, Statement } from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import type { Execute } from '../sql.js';

/** More than the program has; lists of parameters make some in several lengths. */
const MAX_STATEMENTS = 500;
/** A bare parameter there has SQLite look at its value, and so plan anew whenever it is bound. */
const LIMIT = 'LIMIT ? + 0';

/** Runs statements on a SQLite connection, each of them prepared once. */
export function sqliteStatements({ driver }: DataSource): Execute {
  const { databaseConnection: database } = driver as unknown as { databaseConnection: Database };
  const prepared = new Map<string, Statement>();
  const prepare = (text: string): Statement => {
    const statement = database.prepare(text.replaceAll('LIMIT ?', LIMIT));
    const [oldest] = prepared.keys();
    if (prepared.size >= MAX_STATEMENTS && oldest !== undefined) prepared.delete(oldest);
    prepared.set(text, statement);
    return statement;
  };
  return (text, parameters) => {
    const statement = prepared.get(text) ?? prepare(text);
    if (statement.reader) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  };
}
