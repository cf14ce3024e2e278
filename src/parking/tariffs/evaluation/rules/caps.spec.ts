import { describe, expect, it } from 'vitest';
import { at, linesOf, stayOf, tariffOf } from '../../../../../test/support/tariffs/stays.js';
import { DAY } from '../../../../platform/time/durations.js';
import { charge } from '../charge.js';
import { type CapPeriod, hourlyTariff, type Rate } from '../../tariff.js';

const capped = (per: CapPeriod, amount: number, price = 1) => ({
  ...hourlyTariff(price),
  caps: [{ per, amount }],
});

const capsOf = (...[tariff, stay]: Parameters<typeof charge>) =>
  charge(tariff, stay).lines.filter(({ kind }) => kind === 'cap');

describe('rule 6: the cap per 24 hours', () => {
  it.each([
    ['2026-03-03T08:59:59.999', 10],
    ['2026-03-03T09:00', 10],
    // The unit that starts on the boundary is the first of the next period.
    ['2026-03-03T09:00:00.001', 11],
    ['2026-03-04T09:00', 20],
    ['2026-03-04T09:00:00.001', 21],
  ])('applies to periods from the start of the stay: a stay until %s costs %i', (until, total) => {
    expect(charge(capped('24_hours', 10), stayOf('2026-03-02T09:00', until)).total).toBe(total);
  });

  it.each([
    // A unit starts at 07:30, which is 1 ms before the second period, at its start, or 1 ms after its start.
    ['2026-03-02T07:30:00.001', 5],
    ['2026-03-02T07:30', 6],
    ['2026-03-02T07:29:59.999', 6],
  ])('counts a unit in the period in which it starts: a stay from %s costs %i', (from, total) => {
    const rates: Rate[] = [
      { name: 'until eight', from: '07:00', until: '08:00', until_minute: 30, flat: 1 },
      { name: 'half hours', per_minutes: 30, price: 1 },
    ];
    const tariff = tariffOf(rates, { caps: [{ per: '24_hours', amount: 5 }] });
    expect(charge(tariff, stayOf(from, '2026-03-03T08:00')).total).toBe(total);
  });

  it('counts a unit that starts late in a period in that period', () => {
    // Units start 0, 14, 38 and 62 hours after the start of the stay.
    const rates: Rate[] = [
      { name: 'Evening', from: '18:00', until: '08:00', flat: 1 },
      { name: 'Day', per_minutes: 1440, price: 4 },
    ];
    const tariff = tariffOf(rates, { caps: [{ per: '24_hours', amount: 5 }] });
    expect(linesOf(tariff, stayOf('2026-03-02T18:00', '2026-03-06T08:00'))).toEqual([
      ['flat', 'Evening', 1, 1],
      ['units', 'Day', 3, 12],
    ]);
  });

  it('lasts 24 hours across a clock change', () => {
    const stay = stayOf('2026-03-08T00:00', '2026-03-09T01:00', 'America/New_York');
    expect(charge(capped('24_hours', 10), stay).total).toBe(10);
  });

  it('is a line for its period', () => {
    const stay = stayOf('2026-03-02T09:00', '2026-03-04T09:00');
    expect(
      capsOf(capped('24_hours', 10), stay).map(({ from, until, amount }) => [from, until, amount]),
    ).toEqual([
      [stay.from, stay.from + DAY, -14],
      [stay.from + DAY, stay.from + 2 * DAY, -14],
    ]);
  });
});

describe('rule 6: the cap per calendar day', () => {
  it.each([
    ['2026-03-02T22:00', '2026-03-04T02:00', 'Asia/Kolkata', 2 + 10 + 2],
    // The unit from 23:30 counts on its first day, and the next one starts at 00:30.
    ['2026-03-02T23:30', '2026-03-03T00:30', 'Asia/Kolkata', 1],
    ['2026-03-02T00:00', '2026-03-03T00:00', 'Asia/Kolkata', 10],
    ['2026-03-02T00:00', '2026-03-03T00:00:00.001', 'Asia/Kolkata', 11],
    // The first unit starts 1 ms before midnight and counts on that day; 24 units start on the next day.
    ['2026-03-01T23:59:59.999', '2026-03-03T00:00', 'Asia/Kolkata', 1 + 10],
    ['2026-03-02T12:00', '2026-03-03T12:00', 'UTC', 20],
  ])(
    'counts the units that start on the day: %s to %s in %s costs %i',
    (from, until, zone, total) => {
      expect(charge(capped('calendar_day', 10), stayOf(from, until, zone)).total).toBe(total);
    },
  );

  it.each([
    ['2026-03-08', 23, 'America/New_York'],
    ['2026-11-01', 25, 'America/New_York'],
    ['2026-03-08', 24, 'Asia/Kolkata'],
    ['2026-11-01', 24, 'Asia/Kolkata'],
  ])('covers the day %s, which has %i hours in %s', (date, hours, zone) => {
    const from = at(`${date}T00:00`, zone);
    const stay = { from: from - DAY / 2, until: from + 2 * DAY, timeZone: zone };
    const sameDay = capsOf(capped('calendar_day', 12), stay).find((line) => line.from === from);
    expect(sameDay?.amount).toBe(12 - hours);
    expect(sameDay?.until).toBe(at(date, zone) + hours * 3_600_000);
  });
});

describe('rule 6: caps and the minimum', () => {
  it('limit the sum of the capped periods by the cap per stay, in any order of the list', () => {
    const stay = stayOf('2026-03-02T00:00', '2026-03-05T00:00');
    const perDay = { per: 'calendar_day' as const, amount: 10 };
    const perStay = { per: 'stay' as const, amount: 25 };
    for (const caps of [
      [perDay, perStay],
      [perStay, perDay],
    ]) {
      expect(linesOf({ ...hourlyTariff(1), caps }, stay)).toEqual([
        ['units', 'Hour', 72, 72],
        ['cap', null, null, -14],
        ['cap', null, null, -14],
        ['cap', null, null, -14],
        ['cap', null, null, -5],
      ]);
    }
  });

  it.each(['24_hours', 'calendar_day', 'stay'] as const)(
    'add no line if the units cost exactly the cap per %s, and one if they cost 1 more',
    (per) => {
      const stay = stayOf('2026-03-02T00:00', '2026-03-02T10:00');
      expect(linesOf(capped(per, 10), stay)).toEqual([['units', 'Hour', 10, 10]]);
      expect(linesOf(capped(per, 9), stay)).toEqual([
        ['units', 'Hour', 10, 10],
        ['cap', null, null, -1],
      ]);
    },
  );

  it('make every stay free with a cap of 0', () => {
    for (const per of ['24_hours', 'calendar_day', 'stay'] as const) {
      expect(charge(capped(per, 0, 7), stayOf('2026-03-02T00:00', '2026-03-04T10:00')).total).toBe(
        0,
      );
    }
  });

  it.each([
    [100, 5, 100],
    [100, 99, 100],
    [100, 100, 100],
    [100, 101, 101],
  ])(
    'are applied after the units: with a minimum of %i and units for %i, the total is %i',
    (minimum, price, total) => {
      const stay = stayOf('2026-03-02T00:00', '2026-03-02T01:00');
      expect(charge({ ...hourlyTariff(price), minimum }, stay).total).toBe(total);
    },
  );

  it('may be the same amount', () => {
    const fixed = { ...capped('stay', 50), minimum: 50 };
    expect(linesOf(fixed, stayOf('2026-03-02T00:00', '2026-03-02T01:00'))).toEqual([
      ['units', 'Hour', 1, 1],
      ['minimum', null, null, 49],
    ]);
    expect(charge(fixed, stayOf('2026-03-02T00:00', '2026-04-02T00:00')).total).toBe(50);
  });

  it('do not apply within the grace period', () => {
    const tariff = { ...hourlyTariff(1), minimum: 50, grace_minutes: 10 };
    expect(charge(tariff, stayOf('2026-03-02T00:00', '2026-03-02T00:10')).total).toBe(0);
    expect(charge(tariff, stayOf('2026-03-02T00:00', '2026-03-02T00:10:00.001')).total).toBe(50);
  });
});
