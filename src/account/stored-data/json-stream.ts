/** An object whose arrays may be given as pages of their elements. */
export type StreamedObject<Dto> = {
  readonly [Field in keyof Dto]: Dto[Field] extends readonly (infer Element)[]
    ? Dto[Field] | AsyncIterable<readonly Element[]>
    : Dto[Field];
};

/** Serializes the object as JSON, with only one page of an array in memory at a time. */
export async function* jsonStream<Dto extends object>(
  object: StreamedObject<Dto>,
): AsyncGenerator<string> {
  let separator = '{';
  for (const [name, value] of Object.entries(object)) {
    yield `${separator}${JSON.stringify(name)}:`;
    separator = ',';
    if (isStream(value)) yield* jsonArray(value);
    else yield JSON.stringify(value);
  }
  yield '}';
}

async function* jsonArray(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let separator = '[';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + JSON.stringify(page).slice(1, -1);
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

function isStream(value: unknown): value is AsyncIterable<readonly unknown[]> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Maps every row of each page. */
export async function* mapPages<Row, Dto>(
  pages: AsyncIterable<readonly Row[]>,
  map: (row: Row) => Dto,
): AsyncGenerator<readonly Dto[]> {
  for await (const page of pages) yield page.map(map);
}
