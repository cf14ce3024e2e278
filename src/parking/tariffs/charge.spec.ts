import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { charge, type Stay } from './charge.js';
import { type Cap, hourlyTariff, type Rate, type Tariff } from './tariff.js';

/** The example of the contract, in minor units. */
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

const at = (local: string, timeZone = 'Asia/Kolkata') =>
  DateTime.fromISO(local, { zone: timeZone }).toMillis();
const stay = (from: string, until: string, timeZone = 'Asia/Kolkata'): Stay => ({
  from: at(from, timeZone),
  until: at(until, timeZone),
  timeZone,
});
const summary = (tariff: Tariff, parked: Stay) =>
  charge(tariff, parked).lines.map(({ kind, rate, units, amount }) => [kind, rate, units, amount]);
const tariff = (rates: readonly Rate[], more: Partial<Tariff> = {}): Tariff => ({
  ...hourlyTariff(0),
  rates,
  ...more,
});

describe('a charge', () => {
  // 2026-03-02 is a Monday.
  it.each([
    ['within the grace period', '2026-03-02T09:00', '2026-03-02T09:10', [['grace', null, null, 0]]],
    ['beyond it', '2026-03-02T09:00', '2026-03-02T09:11', [['units', 'First two hours', 1, 2000]]],
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
      'into the evening, where the unit that started before is charged in full',
      '2026-03-02T17:30',
      '2026-03-02T23:00',
      [
        ['units', 'First two hours', 1, 2000],
        ['flat', 'Evening', 1, 6000],
      ],
    ],
    [
      'from Saturday evening: the flat rate lasts until its window ends on Sunday',
      '2026-03-07T20:00',
      '2026-03-08T12:00',
      [
        ['flat', 'Evening', 1, 6000],
        ['units', 'Sunday', 4, 0],
      ],
    ],
  ])('%s', (_, from, until, lines) => {
    expect(summary(CITY, stay(from, until))).toEqual(lines);
  });

  it('of a long stay is capped per 24 hours from its start', () => {
    const { lines, total, tax } = charge(CITY, stay('2026-03-02T08:00', '2026-03-04T08:00'));
    const caps = lines.filter(({ kind }) => kind === 'cap');
    // 4 x 20.00 on the first day, 8 and 10 x 50.00, and 60.00 for each evening.
    expect(caps.map(({ amount }) => amount)).toEqual([-24_000, -26_000]);
    expect(total).toBe(60_000);
    // 600.00 x 18 / 118 = 91.525…
    expect(tax).toBe(9153);
  });

  it('of zero length is one unit', () => {
    expect(summary(hourlyTariff(500), stay('2026-03-02T08:00', '2026-03-02T08:00'))).toEqual([
      ['units', 'Hour', 1, 500],
    ]);
  });

  it('is the minimum at least, but not within the grace period', () => {
    const least = { ...hourlyTariff(100), minimum: 300, grace_minutes: 5 };
    expect(summary(least, stay('2026-03-02T08:00', '2026-03-02T08:06'))).toEqual([
      ['units', 'Hour', 1, 100],
      ['minimum', null, null, 200],
    ]);
    expect(charge(least, stay('2026-03-02T08:00', '2026-03-02T08:05')).total).toBe(0);
  });

  it('applies the cap per stay after the one per day, in any order of the list', () => {
    const caps: Cap[] = [
      { per: 'stay', amount: 2500 },
      { per: 'calendar_day', amount: 1000 },
    ];
    const { lines } = charge(
      { ...hourlyTariff(100), caps },
      stay('2026-03-02T00:00', '2026-03-05T00:00'),
    );
    expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['units', 7200],
      ['cap', -1400],
      ['cap', -1400],
      ['cap', -1400],
      ['cap', -500],
    ]);
  });

  it.each([
    ['2026-03-29T01:00', '2026-03-29T04:00', 2, 'an hour is missing'],
    ['2026-10-25T01:00', '2026-10-25T04:00', 4, 'an hour occurs twice'],
  ])('counts elapsed time over a clock change: %s to %s', (from, until, hours) => {
    expect(charge(hourlyTariff(1), stay(from, until, 'Europe/Berlin')).total).toBe(hours);
  });

  it('starts a window that a clock change skips at the first moment after the gap', () => {
    const rates = [
      { name: 'Night', from: '02:30', until: '05:00', per_minutes: 1, price: 1 },
      { name: 'Else', per_minutes: 1, price: 0 },
    ];
    const parked = stay('2026-03-29T01:59', '2026-03-29T05:30', 'Europe/Berlin');
    expect(charge(tariff(rates), parked).total).toBe(120);
  });

  it('starts a window of a time that occurs twice at the first occurrence', () => {
    const rates = [
      { name: 'Night', from: '02:30', until: '05:00', per_minutes: 1, price: 1 },
      { name: 'Else', per_minutes: 1, price: 0 },
    ];
    const parked = stay('2026-10-25T01:00', '2026-10-25T05:30', 'Europe/Berlin');
    expect(charge(tariff(rates), parked).total).toBe(210);
  });

  it('rounds the tax half up', () => {
    const taxed = { ...hourlyTariff(3), tax_basis_points: 10_000 };
    expect(charge(taxed, stay('2026-03-02T08:00', '2026-03-02T08:30')).tax).toBe(2);
  });

  it('of ten years at a unit per minute is one line', () => {
    const rates = [{ name: 'Minute', per_minutes: 1, price: 1_000_000_000 }];
    const { lines, total } = charge(tariff(rates), stay('2016-03-02', '2026-03-02'));
    expect(lines).toHaveLength(1);
    expect(total).toBe(3652 * 1440 * 1_000_000_000);
  });
});
