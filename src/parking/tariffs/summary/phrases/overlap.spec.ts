import { describe, expect, it } from 'vitest';
import type { RateConditions } from '../../tariff.js';
import { someOverlap } from './overlap.js';

describe('two rates', () => {
  it.each([
    [{ until_minute: 60 }, { from_minute: 60, until_minute: 120 }, false],
    [{ until_minute: 61 }, { from_minute: 60, until_minute: 120 }, true],
    [{ days: ['sat'] }, { days: ['sun'] }, false],
    [{ days: ['sat'], from: '18:00', until: '06:00' }, { days: ['sun'] }, true],
    [{ days: ['sun'], from: '18:00', until: '06:00' }, { days: ['mon'] }, true],
    [{ days: ['sun'], from: '18:00', until: '00:00' }, { days: ['mon'] }, false],
    [{ from: '08:00', until: '18:00' }, { from: '18:00', until: '08:00' }, false],
    [{ from: '08:00', until: '18:01' }, { from: '18:00', until: '08:00' }, true],
    [{ dates: ['2026-12-25'] }, { days: ['fri'] }, true],
    [{ dates: ['2026-12-25'] }, { days: ['sat'] }, false],
  ] as [RateConditions, RateConditions, boolean][])(
    'with the conditions %j and %j can match at one moment: %s',
    (first, second, overlaps) => {
      const unit = { name: 'Rate', per_minutes: 60, price: 100 };
      expect(
        someOverlap([
          { ...unit, ...first },
          { ...unit, ...second },
        ]),
      ).toBe(overlaps);
      expect(
        someOverlap([
          { ...unit, ...second },
          { ...unit, ...first },
        ]),
      ).toBe(overlaps);
    },
  );
});
