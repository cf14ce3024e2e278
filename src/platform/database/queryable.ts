import type { SqlFragment } from './sql.js';

export type Dialect = 'sqlite' | 'postgres';

/** A value becomes a parameter; a fragment becomes part of the statement's text. */
export type SqlValue = string | number | bigint | boolean | null | Buffer | SqlFragment;

/** Runs the statement and returns its rows, including those of a RETURNING clause. */
export type SqlTag = <Rows extends readonly unknown[] = unknown[]>(
  strings: TemplateStringsArray,
  ...values: readonly SqlValue[]
) => Promise<Rows>;

/** Something to query: the {@link ReadDatabase}, or a {@link Tx} that must see its own writes. */
export interface Queryable {
  readonly sql: SqlTag;
}
