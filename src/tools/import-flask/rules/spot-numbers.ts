import type { Cell } from '../source/rows.js';

/** Leaves room for further numbers in an `integer` of PostgreSQL. */
const MAX_NUMBER = 1_000_000_000;

interface SpotToNumber {
  readonly id: number;
  readonly spot_number: Cell;
}

/**
 * Numbers the spots of a lot, in ascending order of ids. A spot keeps its number if it is a positive
 * integer and not used by an earlier spot. The others get the lowest free numbers.
 */
export function numberSpots(spots: readonly SpotToNumber[]): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  const taken = new Set<number>();
  for (const { id, spot_number: cell } of spots) {
    const number = readNumber(cell);
    if (number === undefined || taken.has(number)) continue;
    taken.add(number);
    numbers.set(id, number);
  }
  let next = 1;
  for (const { id } of spots) {
    if (numbers.has(id)) continue;
    while (taken.has(next)) next += 1;
    taken.add(next);
    numbers.set(id, next);
  }
  return numbers;
}

function readNumber(cell: Cell): number | undefined {
  const number = typeof cell === 'string' && /^\s*\d+\s*$/.test(cell) ? Number(cell) : cell;
  if (typeof number !== 'number' || !Number.isInteger(number)) return undefined;
  return number >= 1 && number <= MAX_NUMBER ? number : undefined;
}
