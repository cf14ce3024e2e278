import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localMonth, monthPeriod } from './calendar.js';

const calendarMonth = (instant: Date, zone: string) => monthPeriod(localMonth(instant, zone), zone);

const ZONES = [
  'UTC',
  'Asia/Kolkata',
  'America/New_York',
  'Pacific/Kiritimati',
  'Australia/Lord_Howe',
];

describe('the month of an instant', () => {
  it.each([
    ['2026-03-01T00:00:00.000Z', 'UTC', '2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
    // Kolkata is 05:30 ahead of UTC: its month began on the evening before.
    [
      '2026-02-28T18:30:00.000Z',
      'Asia/Kolkata',
      '2026-02-28T18:30:00.000Z',
      '2026-03-31T18:30:00.000Z',
    ],
    [
      '2026-02-28T18:29:59.999Z',
      'Asia/Kolkata',
      '2026-01-31T18:30:00.000Z',
      '2026-02-28T18:30:00.000Z',
    ],
    // The clock changes within the month: it begins in winter time and ends in summer time.
    [
      '2026-03-15T12:00:00.000Z',
      'America/New_York',
      '2026-03-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
    ],
    [
      '2026-11-01T04:00:00.000Z',
      'America/New_York',
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ],
    ['2026-12-31T23:59:59.999Z', 'UTC', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('is correct for %s in %s', (instant, zone, start, end) => {
    const month = calendarMonth(new Date(instant), zone);
    expect([month.start.toISOString(), month.end.toISOString()]).toEqual([start, end]);
  });

  it('contains its instant, and months follow each other without a gap', () => {
    const instants = fc.date({
      noInvalidDate: true,
      min: new Date('1975-01-01'),
      max: new Date('2100-01-01'),
    });
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => {
        const { start, end } = calendarMonth(instant, zone);
        expect(start.getTime()).toBeLessThanOrEqual(instant.getTime());
        expect(end.getTime()).toBeGreaterThan(instant.getTime());
        expect(calendarMonth(end, zone).start).toEqual(end);
        expect(calendarMonth(new Date(end.getTime() - 1), zone)).toEqual({ start, end });
      }),
    );
  });
});
