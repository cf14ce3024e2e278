import { describe, expect, it } from 'vitest';
import { linesOf, stayOf, tariffOf } from '../../../../../test/support/tariffs/stays.js';
import { DAY, HOUR, MINUTE } from '../../../../platform/time/durations.js';
import { charge } from '../charge.js';
import { hourlyTariff } from '../../tariff.js';

const NOON = Date.parse('2026-03-02T12:00Z');
const stayFor = (length: number) => ({ from: NOON, until: NOON + length, timeZone: 'UTC' });

describe('rule 1: the grace period', () => {
  it.each([
    [10, 0, 0],
    [10, 10 * MINUTE - 1, 0],
    [10, 10 * MINUTE, 0],
    [10, 10 * MINUTE + 1, 500],
    [1440, DAY, 0],
    [1440, DAY + 1, 25 * 500],
    // No grace period.
    [0, 0, 500],
    [0, 1, 500],
  ])('of %i minutes makes a stay of %i ms cost %i', (grace_minutes, length, total) => {
    expect(charge({ ...hourlyTariff(500), grace_minutes }, stayFor(length)).total).toBe(total);
  });

  it('is one line over the stay', () => {
    const { lines } = charge({ ...hourlyTariff(500), grace_minutes: 10 }, stayFor(MINUTE));
    expect(lines).toEqual([
      {
        kind: 'grace',
        rate: null,
        from: NOON,
        until: NOON + MINUTE,
        units: null,
        per_minutes: null,
        unit_price: null,
        amount: 0,
      },
    ]);
  });

  it('includes a stay that ends before its start, because the clock was set back', () => {
    const { lines } = charge({ ...hourlyTariff(500), grace_minutes: 10 }, stayFor(-HOUR));
    expect(lines.map(({ kind, from, until }) => [kind, from, until])).toEqual([
      ['grace', NOON, NOON],
    ]);
  });

  it('does not shorten a longer stay', () => {
    const tariff = { ...hourlyTariff(500), grace_minutes: 59 };
    expect(charge(tariff, stayFor(2 * HOUR)).total).toBe(1000);
    expect(charge(tariff, stayFor(2 * HOUR + 1)).total).toBe(1500);
  });
});

describe('rule 2: units', () => {
  it.each([
    [60, 0, 1],
    [60, 1, 1],
    [60, HOUR - 1, 1],
    [60, HOUR, 1],
    [60, HOUR + 1, 2],
    [60, DAY, 24],
    [1, MINUTE, 1],
    [1, MINUTE + 1, 2],
    [1440, DAY, 1],
    [1440, DAY + 1, 2],
    [7, HOUR, 9],
  ])('last %i minutes each, and a stay of %i ms has %i of them', (per_minutes, length, units) => {
    const rates = [{ name: 'Rate', per_minutes, price: 3 }];
    const { lines } = charge(tariffOf(rates), stayFor(length));
    expect(lines).toEqual([
      {
        kind: 'units',
        rate: 'Rate',
        from: NOON,
        until: NOON + units * per_minutes * MINUTE,
        units,
        per_minutes,
        unit_price: 3,
        amount: units * 3,
      },
    ]);
  });

  const DAY_AND_NIGHT = [
    { name: 'Day', from: '08:00', until: '18:00', per_minutes: 60, price: 100 },
    { name: 'Night', per_minutes: 60, price: 10 },
  ];

  it.each([
    ['17:30', '18:30', [['units', 'Day', 1, 100]]],
    [
      '17:30',
      '18:30:00.001',
      [
        ['units', 'Day', 1, 100],
        ['units', 'Night', 1, 10],
      ],
    ],
    ['17:59:59.999', '18:59:59.999', [['units', 'Day', 1, 100]]],
    ['18:00', '19:00', [['units', 'Night', 1, 10]]],
    // The night's unit from 07:30 covers half an hour of the day.
    [
      '06:30',
      '09:00',
      [
        ['units', 'Night', 2, 20],
        ['units', 'Day', 1, 100],
      ],
    ],
  ])('are charged at the rate that applied at their start: %s to %s', (from, until, lines) => {
    const stay = stayOf(`2026-03-02T${from}`, `2026-03-02T${until}`);
    expect(linesOf(tariffOf(DAY_AND_NIGHT), stay)).toEqual(lines);
  });

  it('form one line per sequence of a rate, which ends when the last unit ends', () => {
    const stay = stayOf('2026-03-02T16:30', '2026-03-03T08:45');
    const { lines } = charge(tariffOf(DAY_AND_NIGHT), stay);
    expect(lines.map(({ rate, units, until }) => [rate, units, until - stay.from])).toEqual([
      ['Day', 2, 2 * HOUR],
      ['Night', 14, 16 * HOUR],
      ['Day', 1, 17 * HOUR],
    ]);
  });

  it('are charged at the first matching rate of the list', () => {
    const [day, night] = DAY_AND_NIGHT;
    const any = { name: 'Any minute', from_minute: 0, per_minutes: 60, price: 1 };
    const stay = stayOf('2026-03-02T09:00', '2026-03-02T10:00');
    const ratesOf = (...rates: (typeof day | typeof any)[]) =>
      linesOf(tariffOf(rates.flatMap((rate) => rate ?? [])), stay);
    expect(ratesOf(day, any, night)).toEqual([['units', 'Day', 1, 100]]);
    expect(ratesOf(any, day, night)).toEqual([['units', 'Any minute', 1, 1]]);
  });

  it('are at least one, even if the stay ends before its start because the clock was set back', () => {
    expect(charge(hourlyTariff(500), stayFor(-HOUR)).total).toBe(500);
  });
});
