/** An item of a list that is JSON already: for cached answers, of which making the text is the most. */
export class Rendered {
  constructor(
    readonly id: number,
    readonly json: string,
  ) {}
}

/** A list of such items as JSON; undefined where some item is none. */
export function joinRendered(items: readonly unknown[]): string | undefined {
  const texts: string[] = [];
  for (const item of items) {
    if (!(item instanceof Rendered)) return undefined;
    texts.push(item.json);
  }
  return `[${texts.join(',')}]`;
}
