import * as fc from 'fast-check';

/** Numbers of drivers, lots and gates in every sequence. Each lot has two gates. */
export const DRIVERS = 3;
export const LOTS = 2;
export const GATES = 2 * LOTS;

/** Mostly chooses `usual`, because most faults need several events of one driver, lot or gate. */
const mostly = (usual: number, max: number) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.nat({ max }) });
const driver = mostly(1, DRIVERS - 1);
const lot = mostly(0, LOTS - 1);
/** The number of a driver, for the driver's plate, or a greater number for a plate that is not listed. */
const plate = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 3, arbitrary: fc.nat({ max: DRIVERS }) },
);
/** Gates 0 and 1 are those of the first lot. */
const gate = fc.oneof(mostly(0, GATES - 1), mostly(1, GATES - 1));
/** Minutes: often none, a few seconds or up to 20 minutes, rarely hours. */
const minutes = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constantFrom(0.05, 0.5, 1, 2) },
  { weight: 3, arbitrary: fc.nat({ max: 20 }) },
  { weight: 1, arbitrary: fc.nat({ max: 300 }) },
);

export const STEP = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('entry' as const, 'entry' as const, 'exit' as const),
      gate,
      plate,
      /** How long ago the camera saw the car. */
      delay: minutes,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes }) },
  {
    weight: 1,
    arbitrary: fc.record({
      /** An event is sent again, with other fields. */
      kind: fc.constant('repeat' as const),
      index: fc.nat(),
      isEntry: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('book' as const),
      driver,
      lot,
      with: fc.constantFrom('own' as const, 'none' as const, 'other' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), driver }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      driver,
      lot,
      plate,
      from: fc.oneof(fc.nat({ max: 25 }), fc.nat({ max: 100 })),
      length: fc.integer({ min: 30, max: 150 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('toggle' as const), driver }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      lot,
      price: fc.integer({ min: 1, max: 2000 }),
    }),
  },
);
export type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

/** The car leaves past a camera that is offline, and comes again before its exit is received. */
const RETURN = fc
  .record({ gate, away: fc.integer({ min: 1, max: 30 }), late: fc.integer({ min: 0, max: 40 }) })
  .map(({ gate, away, late }): Step[] => [
    { kind: 'entry', gate, plate: 1, delay: 0 },
    { kind: 'wait', minutes: away },
    { kind: 'entry', gate, plate: 1, delay: 0 },
    { kind: 'exit', gate, plate: 1, delay: late },
  ]);

export const STREAM = fc.record({
  /** Whether drivers book ahead; then the lots have room for all. */
  isAhead: fc.boolean(),
  spots: fc.tuple(fc.constant(1), fc.integer({ min: 1, max: 2 })),
  steps: fc
    .array(
      fc.oneof(
        { weight: 40, arbitrary: STEP.map((step) => [step]) },
        { weight: 1, arbitrary: RETURN },
      ),
      { minLength: 16, maxLength: 40 },
    )
    .map((steps) => steps.flat()),
});
export type Stream = typeof STREAM extends fc.Arbitrary<infer T> ? T : never;
