import { describe, expect, it } from 'vitest';
import { CURRENCIES, currencyDecimals } from '../../../../platform/money/currencies.js';
import { fromMinorUnits, toMinorUnits } from '../../../../platform/money/money.js';
import { roundPrice } from './prices.js';

function minorPrice(code: string, level: number): number {
  return roundPrice({ code, decimals: currencyDecimals(code) }, level);
}

/** In major units. */
function price(currency: string, level: number): number {
  return fromMinorUnits(minorPrice(currency, level), currencyDecimals(currency));
}

describe('roundPrice', () => {
  it('returns round prices of the order of magnitude of the currency', () => {
    expect([0.5, 1, 1.3].map((level) => price('INR', level))).toEqual([20, 40, 50]);
    expect([0.5, 1, 1.3].map((level) => price('JPY', level))).toEqual([200, 400, 500]);
    expect([0.5, 1, 1.3].map((level) => price('KWD', level))).toEqual([0.25, 0.5, 0.65]);
  });

  it.each([...CURRENCIES.keys()])('returns a valid price in %s', (currency) => {
    for (const level of [0.4, 0.77, 1, 1.9, 2.5]) {
      const amount = price(currency, level);
      expect(amount).toBeGreaterThan(0);
      expect(amount).toBeLessThanOrEqual(1_000_000);
      const minor = toMinorUnits(amount, currencyDecimals(currency));
      expect(minor).toBe(minorPrice(currency, level));
    }
  });
});
