import type { SortKey } from '../../page.js';

/**
 * A list by id as the JSON that is sent, and where its items are in it: for cached answers, of which
 * making the text, and bytes of the text, is the most.
 */
export interface SerializedList {
  readonly ids: readonly number[];
  /** Behind the last byte of each item; there is a comma or the list's end. */
  readonly offsets: readonly number[];
  readonly json: Buffer;
}

/** A page of such a list, and the key of its last item where more follows. */
export class RenderedPage {
  constructor(
    readonly json: Buffer,
    readonly next?: SortKey,
  ) {}
}

const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

/** Makes the JSON of items that are sorted by id. */
export function renderList(items: readonly { readonly id: number }[]): SerializedList {
  const texts = items.map((item) => JSON.stringify(item));
  let end = 0;
  const ends = texts.map((text) => (end += 1 + Buffer.byteLength(text)));
  return {
    ids: items.map(({ id }) => id),
    offsets: ends,
    json: Buffer.from(`[${texts.join(',')}]`),
  };
}

/** The first items whose id is greater; a `limit` is 1 or more. */
export function slicePage(
  { ids, offsets: ends, json }: SerializedList,
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
): RenderedPage {
  const found = ids.findIndex((id) => id > afterId);
  const first = found < 0 ? ids.length : found;
  const last = Math.min(first + limit, ids.length) - 1;
  if (first === 0 && last === ids.length - 1) return new RenderedPage(json);
  const items = json.subarray((ends[first - 1] ?? 0) + 1, ends[last]);
  const page = Buffer.concat(first > last ? [OPEN, CLOSE] : [OPEN, items, CLOSE]);
  const lastId = ids[last];
  return new RenderedPage(page, last < ids.length - 1 && lastId ? [lastId] : undefined);
}
