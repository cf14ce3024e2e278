import { roundToMinorUnits, toMinorUnits } from '../../../platform/money.js';
import type { Cell } from '../source/rows.js';

/** An amount of money of the file. */
export interface Amount {
  readonly minor: number;
  /** Whether the file had more decimals than the currency. */
  readonly rounded: boolean;
}

/** In the currency, as an hourly price may be at the most here (contract). */
const MAX_PRICE = 1_000_000;
/** In the currency. Beyond any real bill. */
const MAX_COST = 1_000_000_000;

/** Rounds half-up. Undefined where it is no number, negative, or beyond what a price may be. */
export function readPrice(cell: Cell, decimals: number): Amount | undefined {
  return readAmount(cell, decimals, MAX_PRICE);
}

/** Rounds half-up. Undefined where it is no number, negative, or beyond all reason. */
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
