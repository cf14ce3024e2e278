/** Rows that are read and sent without a pause: one or two milliseconds of work. */
export const PAGE_ROWS = 100;

/** Rows of one kind, page by page. */
export type Pages<Row> = AsyncGenerator<readonly Row[]>;

/** Reads one page after another until a page is not full. `read` gets the last row of the previous page. */
export async function* pagesOf<Row>(
  read: (last: Row | undefined) => Promise<readonly Row[]>,
): Pages<Row> {
  let last: Row | undefined;
  do {
    const page = await read(last);
    if (page.length > 0) yield page;
    last = page.length === PAGE_ROWS ? page.at(-1) : undefined;
    // Lets other requests run: better-sqlite3 is synchronous.
    await new Promise(setImmediate);
  } while (last !== undefined);
}
