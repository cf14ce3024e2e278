import { describe, expect, it } from 'vitest';
import { readFlags } from './flags.js';

const now = new Date('2026-03-01T09:30:27.123Z');

function read(...args: readonly string[]) {
  return readFlags(args, { timezone: 'Asia/Kolkata', now });
}

describe('readFlags', () => {
  it('has a default for every flag and ends the history at the current minute', () => {
    expect(read()).toEqual({
      lots: 12,
      users: 1000,
      days: 90,
      bookingsPerDay: undefined,
      randomSeed: 1,
      until: new Date('2026-03-01T09:30:00.000Z'),
      append: false,
    });
  });

  it('accepts values with and without an equals sign', () => {
    const flags = read('--lots=3', '--users', '20', '--bookings-per-day=7', '--append');
    expect(flags).toMatchObject({ lots: 3, users: 20, bookingsPerDay: 7, append: true });
  });

  it('reads a date as noon in the time zone, and an instant unchanged', () => {
    expect(read('--until', '2026-02-28').until.toISOString()).toBe('2026-02-28T06:30:00.000Z');
    const instant = '2026-03-01T09:30:00.000Z';
    expect(read('--until', instant).until.toISOString()).toBe(instant);
  });

  it.each(['2026-03-02', '2026-02-30', 'yesterday', '', '09:30', '1970-01-01'])(
    'refuses --until="%s"',
    (until) => expect(() => read(`--until=${until}`)).toThrow(/--until must/),
  );

  it('names every invalid flag in one message', () => {
    const invalid = [
      '--lots=0',
      '--users',
      'many',
      '--days=1e3',
      '--append=no',
      '--random-seed=-1',
    ];
    const errors = [
      'Invalid flags (--help explains them):',
      '--size is unknown',
      '"more" does not belong to a flag',
      '--append takes no value',
      '--lots must be a whole number from 1 to 2000',
      '--users must be a whole number from 1 to 500000',
      '--days must be a whole number from 1 to 3650',
      '--bookings-per-day must be a whole number from 1 to 1000000',
      '--random-seed must be a whole number from 0 to 4294967295',
    ];
    const all = [...invalid, '--size=9', 'more', '--bookings-per-day'];
    expect(() => read(...all)).toThrow(expect.objectContaining({ message: errors.join('\n  ') }));
  });
});
