import { assert, integer, property, record, string, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Page } from '../../page.js';
import { slicePage, serializeList } from './serialized-list.js';

describe('a serialized list', () => {
  it('is sliced into the same pages as its items, in any script', () => {
    const lists = uniqueArray(
      record({ id: integer({ min: 1, max: 50 }), name: string({ unit: 'binary' }) }),
      { selector: ({ id }) => id, maxLength: 12 },
    );
    const cuts = record({
      afterId: integer({ min: 0, max: 51 }),
      limit: integer({ min: 1, max: 14 }),
    });
    assert(
      property(lists, cuts, (unsorted, { afterId, limit }) => {
        const items = unsorted.toSorted((one, other) => one.id - other.id);
        const rows = items.filter(({ id }) => id > afterId).slice(0, limit + 1);
        const page = Page.of(rows, limit, ({ id }) => [id]);
        const { json, next } = slicePage(serializeList(items), { afterId, limit });
        expect(json.toString()).toBe(JSON.stringify(page.items));
        expect(next).toEqual(page.next);
      }),
      { numRuns: 1_000 },
    );
  });
});
