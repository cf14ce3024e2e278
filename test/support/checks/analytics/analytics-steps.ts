import * as fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../../../../src/platform/time/durations.js';

/** Number of drivers that take steps. */
export const DRIVERS = 5;

const driver = fc.nat(DRIVERS - 1);

/** What a driver, an operator or time does in a lot; `compare` reads the analytics. */
export const analyticsStep = fc.oneof(
  { weight: 8, arbitrary: fc.record({ action: fc.constant('park' as const), driver }) },
  { weight: 6, arbitrary: fc.record({ action: fc.constant('leave' as const), driver }) },
  {
    weight: 4,
    arbitrary: fc.record({
      action: fc.constant('reserve' as const),
      driver,
      minutes: fc.integer({ min: 1, max: 90 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('cancel' as const), driver }) },
  {
    weight: 8,
    arbitrary: fc.record({
      action: fc.constant('wait' as const),
      time: fc.oneof(
        fc.integer({ min: 1, max: 3 * HOUR }),
        fc.constantFrom(HOUR, 30 * MINUTE, 5 * HOUR, DAY, 4 * DAY),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      action: fc.constant('resize' as const),
      numberOfSpots: fc.integer({ min: 3, max: 9 }),
    }),
  },
  // A stay that an offline gate reports later.
  {
    weight: 2,
    arbitrary: fc.record({
      action: fc.constant('late' as const),
      driver,
      time: fc.integer({ min: 0, max: 3 * DAY }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ action: fc.constant('compare' as const) }) },
);
export type AnalyticsStep = typeof analyticsStep extends fc.Arbitrary<infer T> ? T : never;
