import { type Cell, isId } from './rows.js';

/** A row whose id is a proper one. */
export type Identified<Row> = Row & { readonly id: number };

/** Where the rows are counted, and those are told that cannot come. */
interface Register {
  read: number;
  refuse(id: Cell, reason: string): void;
}

/** The rows with a proper id of their own, of rows by id. */
export function* identified<Row extends { readonly id: Cell }>(
  rows: Iterable<Row>,
  register: Register,
): Generator<Identified<Row>> {
  let previous: Cell | undefined;
  for (const row of rows) {
    register.read += 1;
    if (!hasId(row)) register.refuse(row.id, 'the id is not a positive whole number');
    else if (row.id === previous) register.refuse(row.id, 'the id is there twice');
    else yield row;
    previous = row.id;
  }
}

function hasId<Row extends { readonly id: Cell }>(row: Row): row is Identified<Row> {
  return isId(row.id);
}
