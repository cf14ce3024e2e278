import { describe, expect, it } from 'vitest';
import { linesOf, stayOf, tariffOf } from '../../../../../test/support/tariffs/stays.js';
import { charge } from '../charge.js';
import { hourlyTariff } from '../../tariff.js';

const HOUR = stayOf('2026-03-02T08:00', '2026-03-02T09:00');

describe('rule 7: the tax within the total', () => {
  it.each([
    // Each row: total, tax rate in hundredths of a percent, tax.
    [0, 1800, 0],
    [100, 0, 0],
    // Before rounding, these are 0.4999…, 0.5, 1.5 and 1.5.
    [5000, 1, 0],
    [1, 10_000, 1],
    [3, 10_000, 2],
    [4, 6000, 2],
    // Before rounding, these are 0.50005 and 1.
    [5001, 1, 1],
    [10_001, 1, 1],
    // The tax of 18 % in 600.00 is 91.525…; in 118.00 it is exactly 18.
    [60_000, 1800, 9153],
    [118, 1800, 18],
    // A rate of 8.25 %.
    [10_825, 825, 825],
    [1_000_000_000, 1900, 159_663_866],
    [1_000_000_000, 10_000, 500_000_000],
  ])('of %i at %i hundredths of a percent is %i', (price, tax_basis_points, tax) => {
    const taxed = charge({ ...hourlyTariff(price), tax_basis_points }, HOUR);
    expect(taxed.tax).toBe(tax);
    expect(taxed.total).toBe(price);
  });

  it('is exact if the product exceeds 2^53', () => {
    const taxed = { ...hourlyTariff(1_000_000_000), tax_basis_points: 9_999 };
    const { total, tax } = charge(taxed, stayOf('2026-03-02', '2027-03-02'));
    expect(total).toBe(8760 * 1_000_000_000);
    // 8,760,000,000,000 × 9,999 ÷ 19,999 = 4,379,780,989,049.45…
    expect(tax).toBe(4_379_780_989_049);
  });
});

describe('amounts of a charge', () => {
  it.each([
    // Minor units: 400 yen, 0.125 dinar (three decimals), the greatest amount in three decimals.
    ['JPY', 400, 1000, 9600, 873],
    ['BHD', 125, 1000, 3000, 273],
    ['BHD', 1_000_000_000, 1000, 24_000_000_000, 2_181_818_182],
  ])('are integers of minor units, such as %s %i', (_, price, tax_basis_points, total, tax) => {
    const day = stayOf('2026-03-02', '2026-03-03');
    const charged = charge({ ...hourlyTariff(price), tax_basis_points }, day);
    expect([charged.total, charged.tax]).toEqual([total, tax]);
  });

  it('of 0 are shown as lines', () => {
    const rates = [
      { name: 'Sunday', days: ['sun' as const], per_minutes: 60, price: 0 },
      { name: 'Hour', per_minutes: 60, price: 10 },
    ];
    const night = stayOf('2026-03-08T22:00', '2026-03-09T01:00');
    expect(linesOf(tariffOf(rates), night)).toEqual([
      ['units', 'Sunday', 2, 0],
      ['units', 'Hour', 1, 10],
    ]);
    expect(linesOf(hourlyTariff(0), HOUR)).toEqual([['units', 'Hour', 1, 0]]);
  });

  it('of 0 are raised to the minimum', () => {
    expect(linesOf({ ...hourlyTariff(0), minimum: 5 }, HOUR)).toEqual([
      ['units', 'Hour', 1, 0],
      ['minimum', null, null, 5],
    ]);
  });

  it('add up exactly over ten years', () => {
    const rates = [{ name: 'Minute', per_minutes: 1, price: 1_000_000_000 }];
    const { lines, total } = charge(tariffOf(rates), stayOf('2016-03-02', '2026-03-02'));
    expect(lines).toHaveLength(1);
    expect(total).toBe(3652 * 1440 * 1_000_000_000);
  });
});
