import type { Queryable } from '../queryable.js';
import { part, raw, type SqlFragment } from './sql.js';

/**
 * A subquery whose rows are these tuples of integers, with the named columns. It has one parameter, so
 * the statement's text, and its prepared plan, do not depend on the number of rows.
 */
export function numberRows<Column extends string>(
  { dialect }: Queryable,
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, number>>[],
): SqlFragment {
  const json = JSON.stringify(rows.map((row) => columns.map((column) => row[column])));
  const selected = columns.map(
    (column, index) => `CAST(value ->> ${index} AS bigint) AS ${column}`,
  );
  return dialect === 'postgres'
    ? part`(SELECT ${raw(selected.join(', '))} FROM jsonb_array_elements(CAST(${json} AS jsonb)))`
    : part`(SELECT ${raw(selected.join(', '))} FROM json_each(${json}))`;
}
