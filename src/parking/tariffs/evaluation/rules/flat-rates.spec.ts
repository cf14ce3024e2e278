import { describe, expect, it } from 'vitest';
import { at, linesOf, stayOf, tariffOf } from '../../../../../test/support/tariffs/stays.js';
import { charge } from '../charge.js';
import type { Rate } from '../../tariff.js';

const EVENING: Rate = { name: 'Evening', from: '18:00', until: '08:00', flat: 60 };
const HOUR: Rate = { name: 'Hour', per_minutes: 60, price: 10 };

// 2026-03-02 is a Monday.
describe('rule 4: a flat rate', () => {
  it.each([
    ['2026-03-02T18:00', '2026-03-02T18:00', [['flat', 'Evening', 1, 60]]],
    ['2026-03-02T18:00', '2026-03-03T08:00', [['flat', 'Evening', 1, 60]]],
    [
      '2026-03-02T18:00',
      '2026-03-03T08:00:00.001',
      [
        ['flat', 'Evening', 1, 60],
        ['units', 'Hour', 1, 10],
      ],
    ],
    ['2026-03-03T03:00', '2026-03-03T08:00', [['flat', 'Evening', 1, 60]]],
    [
      '2026-03-03T07:59:59.999',
      '2026-03-03T08:30',
      [
        ['flat', 'Evening', 1, 60],
        ['units', 'Hour', 1, 10],
      ],
    ],
    // The unit from 17:30 covers the beginning of the evening.
    [
      '2026-03-02T17:30',
      '2026-03-02T18:31',
      [
        ['units', 'Hour', 1, 10],
        ['flat', 'Evening', 1, 60],
      ],
    ],
    [
      '2026-03-02T18:00',
      '2026-03-04T09:00',
      [
        ['flat', 'Evening', 1, 60],
        ['units', 'Hour', 10, 100],
        ['flat', 'Evening', 1, 60],
        ['units', 'Hour', 1, 10],
      ],
    ],
  ])('covers the rest of its window: %s to %s', (from, until, lines) => {
    expect(linesOf(tariffOf([EVENING, HOUR]), stayOf(from, until))).toEqual(lines);
  });

  it('is a line that ends with the window, even after the stay', () => {
    const { lines } = charge(
      tariffOf([EVENING, HOUR]),
      stayOf('2026-03-02T20:00', '2026-03-02T21:00'),
    );
    expect(lines).toEqual([
      {
        kind: 'flat',
        rate: 'Evening',
        from: at('2026-03-02T20:00'),
        until: at('2026-03-03T08:00'),
        units: 1,
        per_minutes: null,
        unit_price: 60,
        amount: 60,
      },
    ]);
  });

  it('lasts until the window ends if `until_minute` ends within it', () => {
    const rates = [{ ...EVENING, until_minute: 60 }, HOUR];
    expect(linesOf(tariffOf(rates), stayOf('2026-03-02T18:30', '2026-03-03T08:00'))).toEqual([
      ['flat', 'Evening', 1, 60],
    ]);
    expect(linesOf(tariffOf(rates), stayOf('2026-03-02T17:00', '2026-03-02T20:00'))).toEqual([
      ['units', 'Hour', 3, 30],
    ]);
  });

  it('starts within its window with `from_minute`', () => {
    const rates = [{ ...EVENING, from_minute: 120 }, HOUR];
    expect(linesOf(tariffOf(rates), stayOf('2026-03-02T18:30', '2026-03-03T08:00'))).toEqual([
      ['units', 'Hour', 2, 20],
      ['flat', 'Evening', 1, 60],
    ]);
  });

  it('is not interrupted by an earlier rate that matches within its window', () => {
    const night = { name: 'Night', from: '00:00', until: '06:00', per_minutes: 60, price: 1 };
    expect(
      linesOf(tariffOf([night, EVENING, HOUR]), stayOf('2026-03-02T20:00', '2026-03-03T07:00')),
    ).toEqual([['flat', 'Evening', 1, 60]]);
  });

  it.each([
    // Friday's window lasts until Saturday 08:00; no window starts on Saturday.
    ['2026-03-07T07:00', '2026-03-07T19:00', [1, 11]],
    ['2026-03-06T20:00', '2026-03-07T08:00', [1, 0]],
    // Thursday's window is excluded, including its part on Friday morning.
    ['2026-03-06T07:00', '2026-03-06T20:00', [1, 11]],
  ])(
    'belongs to the day on which its window starts, if it has `days`: %s to %s',
    (from, until, units) => {
      const rates: Rate[] = [{ ...EVENING, days: ['fri'] }, HOUR];
      const lines = linesOf(tariffOf(rates), stayOf(from, until));
      const unitsOf = (name: string) => lines.find(([, rate]) => rate === name)?.[2] ?? 0;
      expect([unitsOf('Evening'), unitsOf('Hour')]).toEqual(units);
    },
  );

  it('is one line if its window of 24 hours starts again when it ends', () => {
    const daily: Rate = { name: 'Daily', from: '18:00', until: '18:00', flat: 60 };
    expect(
      linesOf(tariffOf([daily, HOUR]), stayOf('2026-03-02T12:00', '2026-03-04T18:00')),
    ).toEqual([['flat', 'Daily', 3, 180]]);
    expect(
      linesOf(tariffOf([daily, HOUR]), stayOf('2026-03-02T12:00', '2026-03-04T18:00:00.001')),
    ).toEqual([['flat', 'Daily', 4, 240]]);
  });
});
