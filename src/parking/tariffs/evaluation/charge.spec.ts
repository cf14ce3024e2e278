import { describe, expect, it } from 'vitest';
import { linesOf, stayOf } from '../../../../test/support/tariffs/stays.js';
import { charge } from './charge.js';
import type { Tariff } from '../tariff.js';

/** The example of the API document, in minor units. The tests in rules/ cover each rule separately. */
const CITY: Tariff = {
  name: 'City centre',
  grace_minutes: 10,
  minimum: 0,
  tax_basis_points: 1800,
  rates: [
    { name: 'Sunday', days: ['sun'], per_minutes: 60, price: 0 },
    { name: 'Evening', from: '18:00', until: '08:00', flat: 6000 },
    { name: 'First two hours', until_minute: 120, per_minutes: 30, price: 2000 },
    { name: 'After that', per_minutes: 60, price: 5000 },
  ],
  caps: [{ per: '24_hours', amount: 30_000 }],
};

describe('the example tariff of the API document', () => {
  // 2026-03-02 is a Monday.
  it.each([
    ['within its grace period', '2026-03-02T09:00', '2026-03-02T09:10', [['grace', null, null, 0]]],
    [
      'beyond its grace period',
      '2026-03-02T09:00',
      '2026-03-02T09:11',
      [['units', 'First two hours', 1, 2000]],
    ],
    [
      'of a morning',
      '2026-03-02T09:00',
      '2026-03-02T12:30',
      [
        ['units', 'First two hours', 4, 8000],
        ['units', 'After that', 2, 10_000],
      ],
    ],
    [
      'into the evening, with the unit that started before it in full',
      '2026-03-02T17:30',
      '2026-03-02T23:00',
      [
        ['units', 'First two hours', 1, 2000],
        ['flat', 'Evening', 1, 6000],
      ],
    ],
    [
      'from Saturday evening, with the flat rate until its window ends on Sunday',
      '2026-03-07T20:00',
      '2026-03-08T12:00',
      [
        ['flat', 'Evening', 1, 6000],
        ['units', 'Sunday', 4, 0],
      ],
    ],
  ])('charges a stay %s', (_, from, until, lines) => {
    expect(linesOf(CITY, stayOf(from, until))).toEqual(lines);
  });

  it('caps a long stay per 24 hours from its start', () => {
    const { lines, total, tax } = charge(CITY, stayOf('2026-03-02T08:00', '2026-03-04T08:00'));
    const caps = lines.filter(({ kind }) => kind === 'cap');
    // Uncapped, the first 24 hours cost 4 x 20.00 + 8 x 50.00 + 60.00, the second 10 x 50.00 + 60.00.
    expect(caps.map(({ amount }) => amount)).toEqual([-24_000, -26_000]);
    expect(total).toBe(60_000);
    // 600.00 x 18 / 118 = 91.525…
    expect(tax).toBe(9153);
  });
});
