import { describe, expect, it } from 'vitest';
import {
  at,
  linesOf,
  rateAt,
  stayOf,
  tariffOf,
} from '../../../../../test/support/tariffs/stays.js';
import { DAY, HOUR } from '../../../../platform/time/durations.js';
import { charge } from '../charge.js';
import { hourlyTariff, type Rate, type RateConditions } from '../../tariff.js';

const NEW_YORK = 'America/New_York';
/** The clock goes from 02:00 to 03:00. */
const SPRING = '2026-03-08';
/** The clock goes from 02:00 back to 01:00. */
const AUTUMN = '2026-11-01';

/** A minute costs 1 within the window, and nothing outside. */
const hours = (from: string, until: string, more: RateConditions = {}): [Rate, Rate] => [
  { name: 'window', from, until, ...more, per_minutes: 1, price: 1 },
  { name: 'else', per_minutes: 1, price: 0 },
];

describe('rule 5: a clock change', () => {
  it.each([
    [SPRING, NEW_YORK, 5],
    [AUTUMN, NEW_YORK, 7],
    [SPRING, 'Asia/Kolkata', 6],
    [AUTUMN, 'Asia/Kolkata', 6],
  ])('does not change the length of a unit: 00:00 to 06:00 of %s in %s', (date, zone, units) => {
    const stay = stayOf(`${date}T00:00`, `${date}T06:00`, zone);
    expect(charge(hourlyTariff(1), stay).total).toBe(units);
  });

  it('does not shorten the unit during which it happens', () => {
    const { lines } = charge(
      hourlyTariff(1),
      stayOf(`${SPRING}T01:30`, `${SPRING}T01:45`, NEW_YORK),
    );
    expect(lines[0]?.until).toBe(at(`${SPRING}T03:30`, NEW_YORK));
  });

  it.each([
    ['2026-03-07', SPRING, NEW_YORK, 7],
    ['2026-10-31', AUTUMN, NEW_YORK, 9],
    ['2026-03-07', SPRING, 'Asia/Kolkata', 8],
    ['2026-10-31', AUTUMN, 'Asia/Kolkata', 8],
  ])(
    'shortens or lengthens a window: 22:00 of %s to 06:00 of %s in %s',
    (evening, day, zone, long) => {
      const stay = stayOf(`${evening}T21:00`, `${day}T07:00`, zone);
      expect(charge(tariffOf(hours('22:00', '06:00')), stay).total).toBe(long * 60);
      const flat: Rate = { name: 'Night', from: '22:00', until: '06:00', flat: 1 };
      const night = charge(tariffOf([flat, ...hours('00:00', '00:00')]), {
        ...stay,
        from: at(`${evening}T22:00`, zone),
      }).lines[0];
      expect(night && night.until - night.from).toBe(long * HOUR);
    },
  );

  it.each([
    ['02:30', '05:00', 120, 150, 'starts at the first moment after the gap'],
    ['01:00', '02:30', 60, 150, 'ends at the first moment after the gap'],
    ['02:15', '02:45', 0, 30, 'does not occur in spring'],
    ['01:30', '03:00', 30, 150, 'starts at the first 01:30'],
    ['00:30', '01:30', 60, 60, 'ends at the first 01:30'],
    ['01:15', '01:45', 30, 30, 'occurs once'],
    ['02:30', '02:30', 1410, 1440, 'starts at the first moment after the gap'],
  ])('makes a window %s to %s last %i or %i minutes: it %s', (from, until, spring, autumn) => {
    const minutesOn = (date: string) => {
      const [window, other] = hours(from, until, { dates: [date] });
      const start = at(`${date}T00:00`, NEW_YORK);
      const stay = { from: start, until: start + 2 * DAY, timeZone: NEW_YORK };
      return charge(tariffOf([window, other]), stay).total;
    };
    expect(minutesOn(SPRING)).toBe(spring);
    expect(minutesOn(AUTUMN)).toBe(autumn);
  });

  it.each([
    ['2026-11-01T01:14:59.999-04:00', 'else'],
    ['2026-11-01T01:15-04:00', 'window'],
    ['2026-11-01T01:44:59.999-04:00', 'window'],
    ['2026-11-01T01:45-04:00', 'else'],
    ['2026-11-01T01:15-05:00', 'else'],
    ['2026-11-01T01:30-05:00', 'else'],
  ])('makes a time of day mean its first occurrence: at %s, %s applies', (moment, name) => {
    expect(rateAt(hours('01:15', '01:45'), moment, NEW_YORK)).toBe(name);
  });

  it.each([
    ['2026-03-08T01:59:59.999-05:00', 'else'],
    ['2026-03-08T03:00-04:00', 'window'],
  ])('starts a window at 02:30 after the gap: at %s, %s applies', (moment, name) => {
    expect(rateAt(hours('02:30', '05:00'), moment, NEW_YORK)).toBe(name);
  });

  it('does not change the minutes since the start of the stay', () => {
    const rates = [
      { name: 'first hour', until_minute: 60, per_minutes: 30, price: 1 },
      { name: 'else', per_minutes: 30, price: 0 },
    ];
    expect(
      linesOf(tariffOf(rates), stayOf(`${SPRING}T01:30`, `${SPRING}T04:00`, NEW_YORK)),
    ).toEqual([
      ['units', 'first hour', 2, 2],
      ['units', 'else', 1, 0],
    ]);
  });

  it.each([
    // The clock changes by half an hour: from 02:00 back to 01:30, and from 02:00 to 02:30.
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    // The clock goes from 00:00 to 01:00: the day starts at 01:00.
    ['America/Sao_Paulo', '2018-11-04', 23],
    // The clock goes from 00:00 back to 23:00.
    ['America/Sao_Paulo', '2018-02-17', 25],
    ['Asia/Kolkata', '2026-03-29', 24],
  ])('makes a day of %s, %s, last %d hours', (zone, date, length) => {
    const [day, other] = hours('00:00', '00:00', { dates: [date] });
    const noon = at(`${date}T12:00`, zone);
    const stay = { from: noon - DAY, until: noon + DAY, timeZone: zone };
    expect(charge(tariffOf([day, other]), stay).total).toBe(length * 60);
  });
});
