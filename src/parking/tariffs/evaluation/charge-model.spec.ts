import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryStayAndTariff } from '../../../../test/support/tariffs/arbitrary.js';
import { slowCharge } from '../../../../test/support/tariffs/oracle.js';
import { charge } from './charge.js';

describe('charge()', () => {
  it('equals a model that takes one unit at a time, in every line', () => {
    fc.assert(
      fc.property(arbitraryStayAndTariff, ({ stay, tariff }) => {
        expect(charge(tariff, stay)).toEqual(slowCharge(tariff, stay));
      }),
      { numRuns: 20_000 },
    );
  }, 120_000);
});
