import { toMinorUnits } from '../../../../platform/money/money.js';
import type { StoredCurrency } from '../../../../platform/money/installation-currency.js';

/** Approximate price of an hour of parking in major units, correct in its order of magnitude. */
const TYPICAL_PRICES: Readonly<Record<string, number>> = {
  AED: 5,
  ARS: 1500,
  AUD: 5,
  BDT: 40,
  BRL: 12,
  CAD: 4,
  CHF: 3,
  CLP: 1500,
  CNY: 8,
  COP: 5000,
  CZK: 50,
  DKK: 25,
  EGP: 20,
  EUR: 3,
  GBP: 3,
  HKD: 25,
  HUF: 600,
  IDR: 5000,
  ILS: 12,
  INR: 40,
  IRR: 200_000,
  ISK: 350,
  JPY: 400,
  KES: 100,
  KRW: 3000,
  KWD: 0.5,
  LBP: 100_000,
  LKR: 150,
  MXN: 30,
  MYR: 4,
  NGN: 500,
  NOK: 40,
  NPR: 50,
  NZD: 5,
  PHP: 50,
  PKR: 100,
  PLN: 6,
  RUB: 150,
  SAR: 5,
  SEK: 30,
  SGD: 3,
  THB: 40,
  TRY: 60,
  TWD: 50,
  UAH: 40,
  USD: 4,
  UZS: 8000,
  VND: 20_000,
  ZAR: 20,
};

/** Fallback for other currencies, by number of decimals. */
const TYPICAL_BY_DECIMALS: Readonly<Record<number, number>> = { 0: 400, 2: 20, 3: 0.5, 4: 0.05 };

/**
 * Returns `level` times the currency's typical price per hour, rounded to a multiple of 1, 2 or 5 times
 * a power of ten. In minor units, at least 1.
 */
export function roundPrice({ code, decimals }: StoredCurrency, level: number): number {
  const typical = TYPICAL_PRICES[code] ?? TYPICAL_BY_DECIMALS[decimals] ?? 1;
  const minor = toMinorUnits(typical, decimals) ?? 1;
  const step = stepBelow(minor / 8);
  return Math.max(step, Math.round((minor * level) / step) * step);
}

/** The largest of 1, 2, 5, 10, 20, 50, … that is at most the amount, or 1. */
function stepBelow(amount: number): number {
  let step = 1;
  for (let power = 1; power <= amount; power *= 10) {
    for (const factor of [1, 2, 5]) if (power * factor <= amount) step = power * factor;
  }
  return step;
}
