import { array, assert, maxSafeInteger, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValidationFailed } from './errors/coded-error.js';
import { decodeCursor, encodeCursor, Page } from './page.js';
import { MAX_PAGE_SIZE } from './http/pagination/page-query.dto.js';

const at = (cursor: string) => ({ limit: 10, cursor });

describe('a cursor', () => {
  it('is decoded to the key that it was encoded from', () => {
    const keys = array(
      maxSafeInteger().map((value) => value || 0),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    assert(
      property(keys, (key) => {
        expect(decodeCursor(at(encodeCursor(key)), ...key.map(() => 'id' as const))).toEqual(key);
      }),
    );
  });

  it('is absent at the start of the list', () => {
    expect(decodeCursor({ limit: MAX_PAGE_SIZE }, 'instant', 'id')).toBeUndefined();
  });

  it.each([
    ['of another list', encodeCursor([1])],
    ['with too much', encodeCursor([1, 2, 3])],
    ['empty', ''],
    ['no base64url', '!!'],
    ['padded', `${encodeCursor([1, 22])}=`],
    ['of words', Buffer.from('a.b').toString('base64url')],
    ['with an empty part', Buffer.from('1.').toString('base64url')],
    ['with a fraction', Buffer.from('1.5.2').toString('base64url')],
    ['with an exponent', Buffer.from('1e3.2').toString('base64url')],
    ['beyond exact numbers', Buffer.from('9007199254740993.1').toString('base64url')],
    ['beyond the greatest date', encodeCursor([8_640_000_000_000_001, 1])],
    ['before the smallest date', encodeCursor([-8_640_000_000_000_001, 1])],
    ['infinite', Buffer.from('Infinity.1').toString('base64url')],
    ['with spaces', Buffer.from(' 1.2').toString('base64url')],
  ])('is refused: %s', (_, cursor) => {
    expect(() => decodeCursor(at(cursor), 'instant', 'id')).toThrow(ValidationFailed);
  });
});

describe('a page', () => {
  const keyOf = (row: number) => [row];

  it.each([
    [0, undefined],
    [2, undefined],
    [3, undefined],
    [4, [3]],
  ])('of at most 3 of %i rows continues after %j', (count, next) => {
    const rows = Array.from({ length: count }, (_, index) => index + 1);
    const page = Page.of(rows, 3, keyOf);
    expect(page.items).toEqual(rows.slice(0, 3));
    expect(page.next).toEqual(next);
  });

  it('keeps its key when its items are mapped', () => {
    const page = Page.of([1, 2], 1, keyOf).map(String);
    expect(page).toEqual(new Page(['1'], [1]));
  });
});
