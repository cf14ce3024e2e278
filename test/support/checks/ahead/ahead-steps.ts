import * as fc from 'fast-check';
import { ON_POSTGRES } from '../../data/test-database.js';
import { DEFAULT_POLICY, type Policy } from '../../../../src/parking/policies/policy.js';

/** Windows and policies use multiples of this many minutes, so that many moments coincide. */
export const SLOT_MINUTES = 15;

const minutes = (...slots: readonly number[]) =>
  fc.constantFrom(...slots.map((slot) => slot * SLOT_MINUTES));

const POLICY: fc.Arbitrary<Policy> = fc.record({
  bookable_ahead: fc.oneof(
    { weight: 30, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  horizon_days: fc.constant(1),
  min_minutes: minutes(1, 2),
  max_minutes: minutes(8, 12, 16),
  hold_minutes: minutes(1, 2, 8),
  walk_in_minutes: minutes(1, 2, 4),
  early_arrival_minutes: minutes(0, 1, 2),
  no_show_after_minutes: minutes(0, 1, 2, 4),
  free_cancel_minutes: minutes(0, 1, 4),
  overstay_grace_minutes: minutes(0, 1),
  no_show_fee_percent: fc.constantFrom(0, 33, 100),
  late_cancel_fee_percent: fc.constantFrom(0, 50, 67),
});

const lot = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(1) },
);
const driver = fc.nat(5);
/** Chooses a booking: mostly one of a status that the action is meant for. */
const booking = fc.record({
  index: fc.oneof(fc.nat(2), fc.nat(30)),
  isAny: fc.nat(9).map((number) => number === 0),
});
const isByOperator = fc.nat(3).map((number) => number === 0);
/** The start of a window, in slots after the next slot boundary. */
const from = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(-3, 95, 97) },
);
const length = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 2, max: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 13) },
);
const price = fc.integer({ min: 1, max: 2_001 });
const numberOfSpots = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4, max: 8 }) },
);

const STEP = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      action: fc.constant('book' as const),
      driver,
      lot,
      from,
      length,
      isHold: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      action: fc.constant('walk-in' as const),
      driver,
      lot,
      isWatched: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ action: fc.constant('confirm' as const), booking }) },
  {
    weight: 3,
    arbitrary: fc.record({
      action: fc.constant('change' as const),
      booking,
      from: fc.option(from),
      length: fc.option(length),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      action: fc.constant('extend' as const),
      booking,
      slots: fc.integer({ min: 0, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      action: fc.constant('cancel' as const),
      booking,
      isByOperator,
      waivesFee: fc.boolean(),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ action: fc.constant('check-in' as const), booking, isByOperator }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ action: fc.constant('release' as const), booking, isByOperator }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ action: fc.constant('resize' as const), lot, numberOfSpots }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ action: fc.constant('policy' as const), lot, policy: POLICY }),
  },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('price' as const), lot, price }) },
  {
    weight: 1,
    arbitrary: fc.record({ action: fc.constant('delete' as const), lot }),
  },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('sweep' as const) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      action: fc.constant('wait' as const),
      /** Index in the list of next moments to which time passes; if null, `slots` slots pass instead. */
      moment: fc.option(fc.nat(3), { freq: 4 }),
      slots: fc.integer({ min: 1, max: 5 }),
      offset: fc.constantFrom(-1, 0, 0, 1),
    }),
  },
);

/** Two lots, drivers, and the steps of the drivers, of the operators and of time. */
export const SEQUENCE = fc.record({
  lots: fc.tuple(
    fc.record({ numberOfSpots, price, policy: POLICY }),
    fc.record({
      numberOfSpots: fc.integer({ min: 1, max: 2 }),
      price,
      policy: fc.constant(DEFAULT_POLICY),
    }),
  ),
  steps: fc.array(
    fc.record({
      step: STEP,
      isWatched: fc.nat(ON_POSTGRES ? 11 : 5).map((number) => number === 0),
    }),
    {
      minLength: 8,
      // A statement takes several times as long on PostgreSQL.
      maxLength: ON_POSTGRES ? 14 : 44,
      size: 'max',
    },
  ),
});

export const DRIVERS = 6;

type Sequence = typeof SEQUENCE extends fc.Arbitrary<infer T> ? T : never;
export type AheadStep = Sequence['steps'][number]['step'];
export type Action = AheadStep['action'];
