import { describe, expect, it } from 'vitest';
import { linesOf, rateAt, stayOf, tariffOf } from '../../../../../test/support/tariffs/stays.js';
import type { Rate, RateConditions } from '../../tariff.js';

/** A rate named `if` with the conditions, followed by a rate named `else` without conditions. */
const given = (conditions: RateConditions): Rate[] => [
  { name: 'if', ...conditions, per_minutes: 60, price: 1 },
  { name: 'else', per_minutes: 60, price: 0 },
];

// 2026-03-02 is a Monday; 2026-12-25 is a Friday.
describe('rule 3: a rate', () => {
  it.each([
    ['2026-03-02T07:59:59.999', 'else'],
    ['2026-03-02T08:00', 'if'],
    ['2026-03-02T17:59:59.999', 'if'],
    ['2026-03-02T18:00', 'else'],
  ])('applies from 08:00 until 18:00: at %s, %s applies', (moment, name) => {
    expect(rateAt(given({ from: '08:00', until: '18:00' }), moment)).toBe(name);
  });

  it.each([
    ['2026-03-02T17:59:59.999', 'else'],
    ['2026-03-02T18:00', 'if'],
    ['2026-03-02T23:59:59.999', 'if'],
    ['2026-03-03T00:00', 'if'],
    ['2026-03-03T07:59:59.999', 'if'],
    ['2026-03-03T08:00', 'else'],
  ])('applies from 18:00 until 08:00 of the next day: at %s, %s applies', (moment, name) => {
    expect(rateAt(given({ from: '18:00', until: '08:00' }), moment)).toBe(name);
  });

  it.each([
    ['2026-03-06T23:59:59.999', 'else'],
    ['2026-03-07T00:00', 'if'],
    ['2026-03-08T23:59:59.999', 'if'],
    ['2026-03-09T00:00', 'else'],
  ])('applies on Saturday and Sunday: at %s, %s applies', (moment, name) => {
    expect(rateAt(given({ days: ['sun', 'sat'] }), moment)).toBe(name);
  });

  it.each([
    ['2026-03-07T05:59:59.999', 'else'],
    ['2026-03-07T21:59:59.999', 'else'],
    ['2026-03-07T22:00', 'if'],
    ['2026-03-08T05:59:59.999', 'if'],
    ['2026-03-08T06:00', 'else'],
    ['2026-03-08T22:00', 'else'],
  ])('applies from 22:00 on Saturday until 06:00 on Sunday: at %s, %s applies', (moment, name) => {
    expect(rateAt(given({ days: ['sat'], from: '22:00', until: '06:00' }), moment)).toBe(name);
  });

  it.each([
    ['2026-12-31T05:59:59.999', 'else'],
    ['2026-12-31T22:00', 'if'],
    ['2027-01-01T05:59:59.999', 'if'],
    ['2027-01-01T22:00', 'else'],
  ])(
    'applies from 22:00 on a date until 06:00 of the next day: at %s, %s applies',
    (moment, name) => {
      const conditions = { dates: ['2026-12-31'], from: '22:00', until: '06:00' };
      expect(rateAt(given(conditions), moment)).toBe(name);
    },
  );

  it.each([
    ['2026-12-18T23:00', 'else'],
    ['2026-12-25T05:00', 'else'],
    ['2026-12-25T23:00', 'if'],
    ['2026-12-26T05:59:59.999', 'if'],
    ['2026-12-26T23:00', 'else'],
    ['2026-12-27T05:00', 'else'],
  ])(
    'applies from 22:00 on a date that is a Friday until 06:00: at %s, %s applies',
    (moment, name) => {
      const dates = ['2026-12-25', '2026-12-26'];
      const conditions: RateConditions = { days: ['fri'], dates, from: '22:00', until: '06:00' };
      expect(rateAt(given(conditions), moment)).toBe(name);
    },
  );

  it.each([
    ['2026-03-07T17:59:59.999', 'else'],
    ['2026-03-07T18:00', 'if'],
    ['2026-03-08T17:59:59.999', 'if'],
    ['2026-03-08T18:00', 'else'],
  ])(
    'applies for 24 hours from 18:00 on Saturday until 18:00: at %s, %s applies',
    (moment, name) => {
      expect(rateAt(given({ days: ['sat'], from: '18:00', until: '18:00' }), moment)).toBe(name);
    },
  );

  it.each([
    ['2028-02-28T23:59:59.999', 'else'],
    ['2028-02-29T00:00', 'if'],
    ['2028-02-29T23:59:59.999', 'if'],
    ['2028-03-01T00:00', 'else'],
  ])('applies on a leap day: at %s, %s applies', (moment, name) => {
    expect(rateAt(given({ dates: ['2028-02-29'] }), moment)).toBe(name);
  });

  it('applies on every Monday', () => {
    const stay = stayOf('2026-03-02T00:00', '2026-03-10T00:00');
    expect(linesOf(tariffOf(given({ days: ['mon'] })), stay)).toEqual([
      ['units', 'if', 24, 24],
      ['units', 'else', 144, 0],
      ['units', 'if', 24, 24],
    ]);
  });

  it('accepts dates in any order', () => {
    const rates = given({ dates: ['2026-12-25', '2026-03-02', '2026-08-15'] });
    const stay = stayOf('2026-03-01T23:00', '2026-03-03T01:00');
    expect(linesOf(tariffOf(rates), stay)).toEqual([
      ['units', 'else', 1, 0],
      ['units', 'if', 24, 24],
      ['units', 'else', 1, 0],
    ]);
  });

  it.each([
    ['2028-02-28', '2028-03-01', 48],
    ['2027-02-28', '2027-03-01', 24],
  ])('charges the hours from %s to %s: %i', (from, until, hours) => {
    const rates = [{ name: 'Hour', per_minutes: 60, price: 1 }];
    expect(linesOf(tariffOf(rates), stayOf(from, until))).toEqual([
      ['units', 'Hour', hours, hours],
    ]);
  });
});

/** Each stay has one unit until 08:00, then one at the rate that applies at 08:00. */
describe('rule 3: minutes since the start of the stay', () => {
  const rates: Rate[] = [
    { name: 'flat', from: '00:00', until: '08:00', flat: 0 },
    { name: 'from 120 until 240', from_minute: 120, until_minute: 240, per_minutes: 60, price: 1 },
    { name: 'other', per_minutes: 60, price: 0 },
  ];

  it.each([
    ['06:00:00.001', 'other'],
    ['06:00', 'from 120 until 240'],
    ['05:59:59.999', 'from 120 until 240'],
    ['04:00:00.001', 'from 120 until 240'],
    ['04:00', 'other'],
    ['03:59:59.999', 'other'],
  ])('select a rate: at 08:00 of a stay from %s, %s applies', (from, name) => {
    const stay = stayOf(`2026-03-02T${from}`, '2026-03-02T08:00:00.001');
    expect(linesOf(tariffOf(rates), stay).map(([, rate]) => rate)).toEqual(['flat', name]);
  });

  it('start at 0 with `from_minute` 0 and `until_minute`', () => {
    const first = given({ from_minute: 0, until_minute: 60 });
    expect(linesOf(tariffOf(first), stayOf('2026-03-02T08:00', '2026-03-02T10:00'))).toEqual([
      ['units', 'if', 1, 1],
      ['units', 'else', 1, 0],
    ]);
  });

  it('may start within a window that began before', () => {
    const late = given({ from: '08:00', until: '18:00', from_minute: 120, until_minute: 180 });
    expect(linesOf(tariffOf(late), stayOf('2026-03-02T09:00', '2026-03-02T13:00'))).toEqual([
      ['units', 'else', 2, 0],
      ['units', 'if', 1, 1],
      ['units', 'else', 1, 0],
    ]);
  });

  it('may end before the window starts', () => {
    const never = given({ from: '12:00', until: '18:00', until_minute: 60 });
    expect(linesOf(tariffOf(never), stayOf('2026-03-02T09:00', '2026-03-02T13:00'))).toEqual([
      ['units', 'else', 4, 0],
    ]);
  });
});
