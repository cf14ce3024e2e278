import type { Cell } from '../source/rows.js';

/** Leaves room for those that follow, in what an `integer` of PostgreSQL holds. */
const MAX_NUMBER = 1_000_000_000;

interface NumberlessSpot {
  readonly id: number;
  readonly spot_number: Cell;
}

/**
 * Numbers the spots of one lot, given by id: each by its own number where that is a positive whole
 * one and no spot before it has it, then the others by the lowest numbers that are free.
 */
export function numberSpots(spots: readonly NumberlessSpot[]): ReadonlyMap<number, number> {
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
