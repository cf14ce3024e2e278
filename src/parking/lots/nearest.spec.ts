import { expect, it } from 'vitest';
import { nearestPage } from './nearest.js';

it.each([
  [99.98, [7]],
  [99.97, [7]],
  [99.96, []],
])(
  'a search within %d m of a lot that is 99.964 m away, shown as 100 m, returns the ids %j',
  (radius, ids) => {
    const lots = [{ id: 7, latitude: 0.000899, longitude: 0 }];
    const near = { position: { latitude: 0, longitude: 0 }, radius };
    const { items } = nearestPage(lots, near, { limit: 10 });
    expect(items.map(({ lot }) => lot.id)).toEqual(ids);
  },
);
