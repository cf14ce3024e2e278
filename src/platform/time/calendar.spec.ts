import { describe, expect, it } from 'vitest';
import {
  addMonths,
  daysOfMonth,
  isDay,
  isMonth,
  localDay,
  localMonth,
  monthPeriod,
  wallClock,
} from './calendar.js';

/** Zones whose clocks change at midnight, at other hours, by half an hour, or never. */
const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Africa/Cairo',
  'America/Asuncion',
  'America/Havana',
  'America/Santiago',
  'Asia/Beirut',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
];

/**
 * January 2023 to December 2026: clocks change in Asunción on 1 October 2023 and in Havana on 1
 * November 2026.
 */
const MONTHS = Array.from({ length: 48 }, (_, index) => addMonths('2023-01', index));

describe('months and days', () => {
  it.each(ZONES)('contain every instant whose wall clock shows them in %s', (zone) => {
    const wrong: string[] = [];
    for (const month of MONTHS) {
      const { start, end } = monthPeriod(month, zone);
      const before = (instant: Date) => new Date(instant.getTime() - 1);
      if (localMonth(start, zone) !== month || localMonth(before(start), zone) === month)
        wrong.push(`${month} begins at ${start.toISOString()}`);
      if (localMonth(before(end), zone) !== month || localMonth(end, zone) === month)
        wrong.push(`${month} ends at ${end.toISOString()}`);
      const days = daysOfMonth(month, zone);
      if (days[0]?.start.getTime() !== start.getTime()) wrong.push(`${month}: first day`);
      if (days.at(-1)?.end.getTime() !== end.getTime()) wrong.push(`${month}: last day`);
      days.forEach((day, index) => {
        const name = `${month}-${String(index + 1).padStart(2, '0')}`;
        if (localDay(day.start, zone) !== name || localDay(before(day.end), zone) !== name)
          wrong.push(`${name}: ${day.start.toISOString()} to ${day.end.toISOString()}`);
        const next = days[index + 1];
        if (next && next.start.getTime() !== day.end.getTime()) wrong.push(`${name}: a gap`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('are recognized in text', () => {
    expect(['2026-02-28', '2024-02-29'].filter(isDay)).toHaveLength(2);
    expect(
      ['2026-02-29', '2026-2-1', '2026-02', '2026-13-01', ' 2026-02-28'].filter(isDay),
    ).toEqual([]);
    expect(['2026-01', '2026-12'].filter(isMonth)).toHaveLength(2);
    expect(['2026-13', '2026-00', '2026-1', '2026-01-01', ''].filter(isMonth)).toEqual([]);
  });
});

describe('wallClock', () => {
  const at = (day: string, hour: number, minute: number, zone: string) =>
    wallClock(day, { hour, minute }, zone).toISOString();

  it.each([
    ['America/New_York', '2026-03-07', '2026-03-07T23:00:00.000Z'],
    ['America/New_York', '2026-03-08', '2026-03-08T22:00:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-28', '2026-03-28T17:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-29T16:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T17:00:00.000Z'],
  ])('returns for %s the instant at which the clock shows 18:00 on %s', (zone, day, instant) => {
    expect(at(day, 18, 0, zone)).toBe(instant);
  });

  it('returns 03:30 for 02:30 on the night that skips it', () => {
    expect(at('2026-03-08', 2, 30, 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
    expect(at('2026-03-29', 2, 30, 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('returns the first of two instants on the night that repeats the time', () => {
    expect(at('2026-11-01', 1, 30, 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(at('2026-10-25', 2, 30, 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  });
});
