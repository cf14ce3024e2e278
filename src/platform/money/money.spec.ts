import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMinorUnits, fromMinorUnits, toMinorUnits } from './money.js';

const DECIMALS = [0, 2, 3];
/** Larger than any sum that the limits of prices and stays allow. */
const minorUnits = fc.integer({ min: -(10 ** 15), max: 10 ** 15 });
const decimals = fc.constantFrom(...DECIMALS);

describe('toMinorUnits', () => {
  it.each([
    [16.1, 2, 1_610],
    [16.1, 3, 16_100],
    [1.005, 3, 1_005],
    [0.1 + 0.2, 1, undefined],
    [0.07, 2, 7],
    [4.35, 2, 435],
    [1_000_000, 2, 100_000_000],
    [12, 0, 12],
    [12.5, 0, undefined],
    [12.345, 2, undefined],
    [-12.5, 2, -1_250],
    [-0, 2, 0],
    [1e-7, 2, undefined],
    [1e21, 0, undefined],
    [9_007_199_254_740_992, 0, undefined],
    [90_071_992_547_409.92, 2, undefined],
    [Number.NaN, 2, undefined],
    [Number.POSITIVE_INFINITY, 2, undefined],
  ])('converts %d with %i decimals to %s', (amount, places, minor) => {
    expect(toMinorUnits(amount, places)).toBe(minor);
  });

  it('refuses every amount with more decimals than the currency has', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 9 }),
        decimals,
        (whole, last, places) => {
          const amount = Number(`${whole}.${'0'.repeat(places)}${last}`);
          expect(toMinorUnits(amount, places)).toBeUndefined();
        },
      ),
    );
  });
});

describe('the three representations of an amount', () => {
  it('agree', () => {
    fc.assert(
      fc.property(minorUnits, decimals, (minor, places) => {
        const amount = fromMinorUnits(minor, places);
        expect(toMinorUnits(amount, places)).toBe(minor === 0 ? 0 : minor);
        expect(Number(formatMinorUnits(minor, places))).toBe(amount);
        expect(formatMinorUnits(minor, places)).toMatch(
          places === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${places}}$`),
        );
      }),
    );
  });

  it('are exact after a round trip through JSON', () => {
    fc.assert(
      fc.property(minorUnits, decimals, (minor, places) => {
        const text = JSON.stringify(fromMinorUnits(minor, places));
        expect(text.replace(/^[^.]*\.?/, '').length).toBeLessThanOrEqual(places);
        expect(toMinorUnits(JSON.parse(text), places)).toBe(minor === 0 ? 0 : minor);
      }),
    );
  });
});

describe('formatMinorUnits', () => {
  it.each([
    [5_000, 2, '50.00'],
    [5, 2, '0.05'],
    [0, 2, '0.00'],
    [-5, 2, '-0.05'],
    [-1_250, 2, '-12.50'],
    [7, 0, '7'],
    [1, 3, '0.001'],
  ])('formats %i minor units with %i decimals as %s', (minor, places, text) => {
    expect(formatMinorUnits(minor, places)).toBe(text);
  });
});
