import 'reflect-metadata';
import { assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Currency } from '../../../src/platform/money/money.js';
import { mapTariff, toTariff } from '../../../src/api-models/tariffs/tariff.dto.js';
import { tariffBodies } from '../../support/tariffs/tariff-bodies.js';

describe('a tariff', () => {
  it.each([
    ['JPY', 0],
    ['INR', 2],
    ['BHD', 3],
  ])('in %s is the same after a round trip, with its defaults', (code, decimals) => {
    const currency = new Currency(code, decimals);
    assert(
      property(tariffBodies(decimals), (body) => {
        const all = { grace_minutes: 0, minimum: 0, tax_percent: 0, ...body };
        const { tax_basis_points, minimum, ...rest } = toTariff(all, currency);
        expect(mapTariff({ tax_basis_points, minimum, ...rest }, currency)).toEqual(all);
        expect(tax_basis_points).toSatisfy(Number.isSafeInteger);
        expect(minimum).toSatisfy(Number.isSafeInteger);
      }),
      { numRuns: 500 },
    );
  });
});
