import type { SqlValue } from './sql/sql.js';

export type Dialect = 'sqlite' | 'postgres';

/** Runs the statement and returns its rows, including those of a RETURNING clause. */
export type SqlTag = <Rows extends readonly unknown[] = unknown[]>(
  strings: TemplateStringsArray,
  ...values: readonly SqlValue[]
) => Promise<Rows>;

/** Runs queries: the {@link ReadDatabase}, or a {@link Tx} if the queries must see its own writes. */
export interface Queryable {
  readonly dialect: Dialect;
  readonly sql: SqlTag;
}
