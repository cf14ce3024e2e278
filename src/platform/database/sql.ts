/** Part of an `sql` template that is not one parameter: text (see {@link raw}) or a {@link list}. */
export type SqlFragment = RawSql | SqlList;

export class RawSql {
  constructor(readonly text: string) {}
}

export class SqlList {
  constructor(readonly values: readonly (string | number)[]) {}
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
