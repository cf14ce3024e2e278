import { assert, date, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FastJsonDate } from './fast-json-date.js';

describe('FastJsonDate', () => {
  it.each([
    0, -1, -86_400_000, 951_782_400_000, 1_772_357_400_007, 8_640_000_000_000_000,
    -8_640_000_000_000_000,
  ])('is serialized like a Date at %i', (time) => {
    const instants = [new FastJsonDate(time), new FastJsonDate(time)];
    // The day of the second date is cached.
    expect(JSON.stringify(instants)).toBe(JSON.stringify([new Date(time), new Date(time)]));
  });

  it('is serialized like a Date for more days than it caches', () => {
    assert(
      property(date({ noInvalidDate: true }), (any) => {
        const later = any.getTime() - (any.getTime() % 86_400_000);
        for (const time of [any.getTime(), later]) {
          expect(new FastJsonDate(time).toJSON()).toBe(new Date(time).toISOString());
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('throws a RangeError if it is invalid', () => {
    expect(() => JSON.stringify(new FastJsonDate(NaN))).toThrow(RangeError);
  });
});
