import { describe, expect, it } from 'vitest';
import { makeCity } from './city.js';
import { hoursOf } from './history.js';
import { INDIA, SIZE } from '../../../../test/support/data/sample-cities.js';

describe('hoursOf', () => {
  it.each([
    ['2026-03-29T12:00:00Z', 23],
    ['2026-10-25T12:00:00Z', 25],
  ])('yields every hour of a day with a clock change (%s)', (noon, hours) => {
    const until = new Date(Date.parse(noon) + 86_400_000);
    const { history } = makeCity(
      { ...SIZE, days: 1, until },
      { ...INDIA, timezone: 'Europe/Berlin' },
    );
    const sunday = [...hoursOf(history)].filter(({ weekend }) => weekend);
    expect(sunday).toHaveLength(hours);
  });
});
