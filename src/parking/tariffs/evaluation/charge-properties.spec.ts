import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arbitraryLength,
  arbitraryStayAndTariff,
} from '../../../../test/support/tariffs/arbitrary.js';
import { charge } from './charge.js';

describe('a charge by any valid tariff', () => {
  it('is never less for a longer stay', () => {
    fc.assert(
      fc.property(arbitraryStayAndTariff, arbitraryLength, ({ stay, tariff }, more) => {
        const longer = { ...stay, until: stay.until + more };
        expect(charge(tariff, longer).total).toBeGreaterThanOrEqual(charge(tariff, stay).total);
      }),
      { numRuns: 2000 },
    );
  });

  it('has lines that add up to the total, which contains the tax', () => {
    fc.assert(
      fc.property(arbitraryStayAndTariff, ({ stay, tariff }) => {
        const { lines, total, tax } = charge(tariff, stay);
        expect(lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(total);
        expect(tax).toBeGreaterThanOrEqual(0);
        expect(tax).toBeLessThanOrEqual(total / 2 + 1);
      }),
      { numRuns: 2000 },
    );
  });

  it('has units that cover the stay without a gap, and none that starts after it', () => {
    fc.assert(
      fc.property(arbitraryStayAndTariff, ({ stay, tariff }) => {
        const lines = charge(tariff, stay).lines.filter(({ units }) => units !== null);
        fc.pre(lines.length > 0);
        expect(lines[0]?.from).toBe(stay.from);
        for (const [index, line] of lines.slice(1).entries()) {
          expect(line.from).toBe(lines[index]?.until);
          expect(line.from).toBeLessThan(stay.until);
        }
        expect(lines.at(-1)?.until).toBeGreaterThanOrEqual(stay.until);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same JSON, byte for byte, if it is computed again from stored data', () => {
    fc.assert(
      fc.property(arbitraryStayAndTariff, (given) => {
        const stored: typeof given = JSON.parse(JSON.stringify(given));
        const receipt = JSON.stringify(charge(given.tariff, given.stay));
        expect(JSON.stringify(charge(stored.tariff, stored.stay))).toBe(receipt);
      }),
      { numRuns: 2000 },
    );
  });
});
