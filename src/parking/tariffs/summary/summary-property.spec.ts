import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMinorUnits } from '../../../platform/money/money.js';
import { summarize } from './summary.js';
import { type Rate, type Tariff, WEEKDAYS } from '../tariff.js';

const format = (minor: number) => formatMinorUnits(minor, 2);
const LAST: Rate = { name: 'Last', per_minutes: 60, price: 5000 };

describe('the summary of a tariff', () => {
  it('is one to 26 short sentences for any tariff', () => {
    const date = fc
      .integer({ min: 0, max: 4000 })
      .map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
    const time = fc.constantFrom('00:00', '08:00', '18:00', '23:59');
    const conditions = fc.record(
      {
        days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
        dates: fc.uniqueArray(date, { minLength: 1, maxLength: 366, size: 'max' }),
        window: fc.record({ from: time, until: time }),
        from_minute: fc.integer({ min: 0, max: 525_600 }),
        until_minute: fc.integer({ min: 0, max: 525_600 }),
      },
      { requiredKeys: [] },
    );
    const amount = fc.integer({ min: 0, max: 100_000_000 });
    const rate = fc
      .tuple(conditions, fc.integer({ min: 1, max: 1440 }), amount, fc.boolean())
      .map(([{ window, ...others }, per_minutes, price, isFlat]): Rate => {
        const name = 'Rate';
        return isFlat && window
          ? { name, ...others, ...window, flat: price }
          : { name, ...others, ...window, per_minutes, price };
      });
    const tariffs = fc.record({
      name: fc.constant('Random'),
      grace_minutes: fc.integer({ min: 0, max: 1440 }),
      minimum: amount,
      tax_basis_points: fc.integer({ min: 0, max: 10_000 }),
      rates: fc.array(rate, { maxLength: 19 }).map((rates) => [...rates, LAST]),
      caps: fc.constantFrom<Tariff['caps']>(
        [],
        [
          { per: '24_hours', amount: 100 },
          { per: 'stay', amount: 200 },
        ],
      ),
    });
    fc.assert(
      fc.property(tariffs, (tariff) => {
        const sentences = summarize(tariff, format);
        expect(sentences.length).toBeGreaterThan(0);
        expect(sentences.length).toBeLessThanOrEqual(26);
        for (const sentence of sentences) {
          expect(sentence).toMatch(/^[A-Z\d][^\n]*[^ .]\.$/);
          expect(sentence).not.toMatch(/undefined|NaN|Invalid| {2}|, ,|,:/);
          expect(sentence.length).toBeLessThan(300);
        }
      }),
      { numRuns: 200 },
    );
  });
});
