import { type Cell, isId } from './rows.js';

/** A row with a valid id. */
export type Identified<Row> = Row & { readonly id: number };

/** Counts the rows and collects the refused ones. */
interface RowCounter {
  read: number;
  refuse(id: Cell, reason: string): void;
}

/** Yields the rows with a valid, unique id. The rows must be sorted by id. */
export function* identified<Row extends { readonly id: Cell }>(
  rows: Iterable<Row>,
  register: RowCounter,
): Generator<Identified<Row>> {
  let previous: Cell | undefined;
  for (const row of rows) {
    register.read += 1;
    if (!hasId(row)) register.refuse(row.id, 'the id is not a positive integer');
    else if (row.id === previous) register.refuse(row.id, 'the id is a duplicate');
    else yield row;
    previous = row.id;
  }
}

function hasId<Row extends { readonly id: Cell }>(row: Row): row is Identified<Row> {
  return isId(row.id);
}
