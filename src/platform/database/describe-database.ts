import type { Configuration } from '../config/configuration.js';

/** Describes the database for an operator, without its password. */
export function describeDatabase({ database }: Configuration): string {
  return database.kind === 'sqlite'
    ? `SQLite, ${database.file}`
    : `PostgreSQL, ${serverOf(database.url)}`;
}

/** Host, port and database name of a server's URL. */
export function serverOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
