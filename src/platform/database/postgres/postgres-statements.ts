import type { ClientBase, Pool } from 'pg';
import type { Execute } from '../sql/sql-tag.js';

/** Maximum number of prepared statements; the program has fewer. */
const MAX_STATEMENTS = 500;
/** Statements with more parameters are bulk loads, whose number of rows varies. */
const MAX_PARAMETERS = 40;

/** The names of prepared statements by their text: the same on every connection. */
const names = new Map<string, string>();

/**
 * Runs statements on a PostgreSQL connection, or on any free connection of a pool. Each connection
 * prepares a statement once: parsing and planning are two thirds of the server's work for a booking.
 */
export function postgresStatements(connection: Pick<ClientBase | Pool, 'query'>): Execute {
  return async (text, parameters) => {
    const name = nameOf(text, parameters.length);
    const { rows } = await connection.query<object>({ name, text, values: [...parameters] });
    return rows;
  };
}

/** The name of the prepared statement; undefined if the statement is not prepared. */
function nameOf(text: string, parameters: number): string | undefined {
  const known = names.get(text);
  if (known !== undefined || parameters > MAX_PARAMETERS || names.size >= MAX_STATEMENTS) {
    return known;
  }
  const name = `vpms_${names.size + 1}`;
  names.set(text, name);
  return name;
}
