import { ValidationFailed } from './errors/coded-error.js';

/** The requested part of a list. */
export interface PageRequest {
  /** Maximum number of items. */
  readonly limit: number;
  /** Where the previous page ended; see {@link encodeCursor}. */
  readonly cursor?: string;
}

/** The values of an item by which its list is sorted; unique in the list. */
export type SortKey = readonly number[];

/** A part of a list, and the sort key of its last item if more follow. */
export class Page<T> {
  constructor(
    readonly items: readonly T[],
    readonly next?: SortKey,
  ) {}

  /** Creates a page from up to `limit + 1` rows; the extra one shows that more follow. */
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

/** The kinds of values in a sort key, and the greatest of each that a list can contain. */
const GREATEST = {
  id: Number.MAX_SAFE_INTEGER,
  /** The greatest `Date`, in milliseconds. */
  instant: 8_640_000_000_000_000,
  /** A number in an `integer` column. */
  integer: 2_147_483_647,
} as const;

/**
 * The sort key after which the page begins; undefined for the first page.
 * @param kinds the kinds of the values in the key
 * @throws ValidationFailed if the cursor does not belong to this list
 */
export function decodeCursor(
  { cursor }: PageRequest,
  ...kinds: readonly (keyof typeof GREATEST)[]
): SortKey | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString().split('.').map(Number);
  const isInRange = (value: number, index: number) =>
    Number.isSafeInteger(value) && Math.abs(value) <= GREATEST[kinds[index] ?? 'id'];
  if (key.length === kinds.length && key.every(isInRange) && encodeCursor(key) === cursor) {
    return key;
  }
  const message = 'cursor must come from a Link header';
  throw new ValidationFailed([{ field: 'cursor', message }]);
}
