import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallestAtRisk } from '../../../test/support/checks/ahead/brute-force.js';
import type { LotClaims, PlannedBooking } from './lot-claims.js';
import { isFull, planSpots } from './plan.js';

/** Small lots over a short time, so that many of them are full. */
const LOT = fc.integer({ min: 1, max: 8 }).chain((size) => {
  const spots = Array.from({ length: size }, (_, index) => index + 1);
  const window = fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 6 }))
    .map(([from, length]) => ({ from, until: from + length }));
  const parked = fc
    .subarray(spots)
    .chain((taken) =>
      fc.tuple(
        ...taken.map((spotId) =>
          fc.integer({ min: 1, max: 8 }).map((until) => ({ spotId, until })),
        ),
      ),
    );
  const bookings = fc
    .array(fc.record({ window, spotId: fc.constantFrom(...spots) }), { maxLength: 10 })
    .map((list) =>
      list.map(({ window: { from, until }, spotId }, index): PlannedBooking => ({
        id: index,
        from,
        until,
        spotId,
      })),
    );
  return fc.record({ spots: fc.constant(spots), parked, bookings });
});

const MOMENTS = Array.from({ length: 20 }, (_, moment) => moment);

function covering(claims: LotClaims, moment: number): number {
  const parked = claims.parked.filter(({ until }) => until > moment).length;
  return (
    parked + claims.bookings.filter(({ from, until }) => from <= moment && moment < until).length
  );
}

/** Whether no two claims overlap on a spot of the plan. */
function isValid(claims: LotClaims, plan: ReadonlyMap<number, number | null>): boolean {
  return claims.spots.every((spot) =>
    MOMENTS.every((moment) => {
      const cars = claims.parked.filter(({ spotId, until }) => spotId === spot && until > moment);
      const planned = claims.bookings.filter(
        ({ id, from, until }) => plan.get(id) === spot && from <= moment && moment < until,
      );
      return cars.length + planned.length <= 1;
    }),
  );
}

describe('the plan of a lot', () => {
  it('never puts two claims on one spot at the same moment', () => {
    fc.assert(
      fc.property(LOT, (claims) => {
        expect(isValid(claims, planSpots(claims))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves as few bookings as possible without a spot, those that start last', () => {
    fc.assert(
      fc.property(LOT, (claims) => {
        const risky = [...planSpots(claims)].filter(([, spot]) => spot === null);
        const cars = new Map(claims.parked.map(({ spotId, until }) => [spotId, until]));
        const spots = claims.spots.map((spot) => cars.get(spot) ?? null);
        const expected = smallestAtRisk({ spots, bookings: claims.bookings });
        expect(new Set(risky.map(([id]) => id))).toEqual(
          new Set([...expected].map(({ id }) => id)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('leaves the bookings that start last without a spot', () => {
    const parked = [{ spotId: 1, until: 10 }];
    const bookings = [
      { id: 1, from: 5, until: 20, spotId: 1 },
      { id: 2, from: 6, until: 12, spotId: 2 },
      { id: 3, from: 7, until: 9, spotId: null },
    ];
    const plan = planSpots({ spots: [1, 2], parked, bookings });
    expect([...plan]).toEqual([
      [1, 2],
      [2, null],
      [3, null],
    ]);
  });

  it('keeps the spot of a booking that fits there', () => {
    const bookings = [{ id: 1, from: 0, until: 5, spotId: 3 }];
    expect(planSpots({ spots: [1, 2, 3], parked: [], bookings }).get(1)).toBe(3);
  });
});

describe('a lot', () => {
  it('is full in a window if as many claims as spots cover a moment of it', () => {
    const window = fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 6 }))
      .map(([from, length]) => ({ from, until: from + length }));
    fc.assert(
      fc.property(LOT, window, (claims, { from, until }) => {
        const expected = MOMENTS.some(
          (moment) =>
            from <= moment && moment < until && covering(claims, moment) >= claims.spots.length,
        );
        expect(isFull(claims, { from, until })).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('has room for a window in which it is not full, and no other booking loses a spot', () => {
    fc.assert(
      fc.property(
        LOT,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        (claims, from, length) => {
          const window = { from, until: from + length };
          fc.pre(!isFull(claims, window));
          const added = { id: 99, spotId: null, ...window };
          const before = planSpots(claims);
          const after = planSpots({ ...claims, bookings: [...claims.bookings, added] });
          expect(after.get(99)).not.toBeNull();
          for (const { id } of claims.bookings)
            expect(after.get(id) === null).toBe(before.get(id) === null);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
