/**
 * Part of an `sql` template that is not one parameter: text (see {@link raw}), a {@link list} or a
 * {@link part}.
 */
export type SqlFragment = RawSql | SqlList | SqlPart;

/** A value becomes a parameter; a fragment becomes part of the statement's text. */
export type SqlValue = string | number | bigint | boolean | null | Buffer | SqlFragment;

export class RawSql {
  constructor(readonly text: string) {}
}

export class SqlList {
  constructor(readonly values: readonly (string | number)[]) {}
}

export class SqlPart {
  constructor(
    readonly strings: readonly string[],
    readonly values: readonly SqlValue[],
  ) {}
}

/** SQL text that is inserted unchanged: a shared view or a condition, never anything from a client. */
export function raw(text: string): SqlFragment {
  return new RawSql(text);
}

/**
 * The values as parameters with commas between them, for `IN (${list(ids)})`.
 * @throws TypeError if there are none: `IN ()` means something else on each database.
 */
export function list(values: readonly (string | number)[]): SqlFragment {
  if (values.length === 0) throw new TypeError('list() needs at least one value');
  return new SqlList(values);
}

/** A part that several statements share, with its own parameters. */
export function part(strings: TemplateStringsArray, ...values: readonly SqlValue[]): SqlFragment {
  return new SqlPart(strings, values);
}
