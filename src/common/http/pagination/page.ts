import { ValidationFailed } from '../../problems/coded-error.js';
import { MayBeOmitted } from '../fields/text.js';
import { WholeNumberInQuery } from '../fields/numbers.js';
import { IsString } from 'class-validator';

export const MAX_PAGE_SIZE = 500;

/** Which part of a list a request asks for. */
export class PageQuery {
  /** The most items that one answer holds. @example 50 */
  @WholeNumberInQuery({ min: 1, max: MAX_PAGE_SIZE })
  limit: number = MAX_PAGE_SIZE;

  /** Where the page before this one ended; comes from its `Link` header. */
  @MayBeOmitted()
  @IsString({ message: 'cursor must be the one that a Link header gave' })
  cursor?: string;
}

/** The values by which a list is sorted, of one of its items; unique in the list. */
export type SortKey = readonly number[];

/** A part of a list, and the key of its last item where more follows. */
export class Page<T> {
  constructor(
    readonly items: readonly T[],
    readonly next?: SortKey,
  ) {}

  /** Makes a page of up to `limit + 1` rows; the one too many says that more follows. */
  static of<T>(rows: readonly T[], limit: number, keyOf: (row: T) => SortKey): Page<T> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return new Page(items, rows.length > limit && last ? keyOf(last) : undefined);
  }

  map<U>(mapper: (item: T) => U): Page<U> {
    return new Page(this.items.map(mapper), this.next);
  }
}

export function encodeCursor(key: SortKey): string {
  return Buffer.from(key.join('.')).toString('base64url');
}

/**
 * The sort key after which the page begins; undefined at the start of the list.
 * @throws ValidationFailed where the cursor is none of this list's.
 */
export function decodeCursor({ cursor }: PageQuery, length: number): SortKey | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString().split('.').map(Number);
  if (key.length === length && key.every(Number.isSafeInteger) && encodeCursor(key) === cursor) {
    return key;
  }
  const message = 'cursor must be the one that a Link header gave';
  throw new ValidationFailed([{ field: 'cursor', message }]);
}
