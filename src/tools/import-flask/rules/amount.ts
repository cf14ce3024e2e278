import { roundToMinorUnits, toMinorUnits } from '../../../platform/money/money.js';
import type { Cell } from '../source/rows.js';

/** An amount in the file. */
export interface Amount {
  readonly minor: number;
  /** Whether the file had more decimals than the currency. */
  readonly rounded: boolean;
}

/** Maximum price per hour, in major units (docs/contract.md#lots). */
const MAX_PRICE = 1_000_000;
/** In major units; larger than any real cost. */
const MAX_COST = 1_000_000_000;

/** Rounds half up. Returns undefined if the cell is not a number, negative, or above the maximum price. */
export function readPrice(cell: Cell, decimals: number): Amount | undefined {
  return readAmount(cell, decimals, MAX_PRICE);
}

/** Rounds half up. Returns undefined if the cell is not a number, negative, or above the maximum cost. */
export function readCost(cell: Cell, decimals: number): Amount | undefined {
  return readAmount(cell, decimals, MAX_COST);
}

function readAmount(cell: Cell, decimals: number, max: number): Amount | undefined {
  const number = typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : cell;
  if (typeof number !== 'number' || !(number <= max)) return undefined;
  const minor = roundToMinorUnits(number, decimals);
  if (minor === undefined) return undefined;
  return { minor, rounded: toMinorUnits(number, decimals) === undefined };
}
