import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LotFigures } from './figures.js';
import { OccupancyChanges } from './occupancy-changes.js';

const lot = (lotId: number, occupiedSpots: number, numberOfSpots = 10): LotFigures => ({
  lotId,
  numberOfSpots,
  occupiedSpots,
});
const at = (elapsed: number) => ({ at: 1_000_000 + elapsed, elapsed });

describe('OccupancyChanges', () => {
  it('reports nothing at the first reading, and nothing while the figures stay the same', () => {
    const changes = new OccupancyChanges();
    expect(changes.update([lot(1, 3)], at(0))).toEqual([]);
    expect(changes.update([lot(1, 3)], at(5_000))).toEqual([]);
    expect(changes.sequence).toBe(0);
    expect(changes.current()).toEqual([{ ...lot(1, 3), at: 1_005_000 }]);
  });

  it('numbers the changes, and includes created and deleted lots', () => {
    const changes = new OccupancyChanges();
    changes.update([lot(1, 3), lot(2, 0)], at(0));
    const [taken, created] = changes.update([lot(1, 4), lot(2, 0), lot(3, 0)], at(500));
    expect(taken).toMatchObject({ ...lot(1, 4), sequence: 1, at: 1_000_500 });
    expect(created).toMatchObject({ ...lot(3, 0), sequence: 2 });
    const [deleted] = changes.update([lot(1, 4), lot(3, 0)], at(2_000));
    expect(deleted).toMatchObject({ ...lot(2, 0, 0), sequence: 3 });
    expect(changes.update([lot(1, 4), lot(3, 0)], at(4_000))).toEqual([]);
    expect(changes.current().map(({ lotId }) => lotId)).toEqual([1, 3]);
  });

  it('defers a change of a lot until a second after its last one', () => {
    const changes = new OccupancyChanges();
    changes.update([lot(1, 0), lot(2, 0)], at(0));
    expect(changes.update([lot(1, 1), lot(2, 0)], at(100))).toHaveLength(1);
    expect(changes.deferredUntil).toBeUndefined();
    expect(changes.update([lot(1, 2), lot(2, 1)], at(600))).toMatchObject([{ lotId: 2 }]);
    expect(changes.deferredUntil).toBe(1_100);
    // A new listener gets the same figures as the others, because the deferred change may still be undone.
    expect(changes.current()).toEqual([
      { ...lot(1, 1), at: 1_000_100 },
      { ...lot(2, 1), at: 1_000_600 },
    ]);
    expect(changes.update([lot(1, 3), lot(2, 1)], at(1_099))).toEqual([]);
    expect(changes.update([lot(1, 3), lot(2, 1)], at(1_100))).toMatchObject([{ occupiedSpots: 3 }]);
    expect(changes.deferredUntil).toBeUndefined();
  });

  it('does not report a change that is undone while it is deferred', () => {
    const changes = new OccupancyChanges();
    changes.update([lot(1, 0)], at(0));
    changes.update([lot(1, 1)], at(100));
    changes.update([lot(1, 0)], at(200));
    expect(changes.update([lot(1, 1)], at(1_200))).toEqual([]);
  });

  it('returns the changes since a number, which lead from the figures of that time to the current ones', () => {
    const reading = fc.array(fc.option(fc.nat({ max: 3 })), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 2 }), fc.nat(), (readings, choice) => {
        const changes = new OccupancyChanges();
        /** The figures of a listener that has applied every change, by the number of the latest change. */
        const seen: Map<number, LotFigures>[] = [];
        for (const [index, taken] of readings.entries()) {
          const lots = taken.flatMap((spots, id) => (spots === null ? [] : [lot(id, spots)]));
          const state = new Map(seen.at(-1) ?? lots.map((it) => [it.lotId, it]));
          if (index === 0) changes.update(lots, at(0));
          for (const change of index === 0 ? [] : changes.update(lots, at(index * 1_000))) {
            state.set(change.lotId, change);
          }
          seen[changes.sequence] = state;
        }
        const known = choice % (changes.sequence + 1);
        const before = seen[known];
        if (!before) return;
        const resumed = new Map(before);
        for (const change of changes.since(known)) resumed.set(change.lotId, change);
        const withSpots = [...resumed.values()].filter((it) => it.numberOfSpots > 0);
        const figures = (list: readonly LotFigures[]) =>
          list.map(({ lotId, occupiedSpots }) => `${lotId}: ${occupiedSpots}`).toSorted();
        expect(figures(withSpots)).toEqual(figures(changes.current()));
      }),
    );
  });
});
