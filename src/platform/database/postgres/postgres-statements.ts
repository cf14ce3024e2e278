import type { ClientBase, Pool } from 'pg';
import type { Execute } from '../sql-tag.js';

/** Runs statements on a PostgreSQL connection, or on any free connection of a pool. */
export function postgresStatements(connection: Pick<ClientBase | Pool, 'query'>): Execute {
  return async (text, parameters) => {
    const { rows } = await connection.query<object>(text, [...parameters]);
    return rows;
  };
}
