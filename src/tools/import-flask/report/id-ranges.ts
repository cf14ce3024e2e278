/** A set of ids stored as ranges, so that a million consecutive ids need no more memory than one. */
export class IdRanges {
  private readonly ranges: [first: number, last: number][] = [];
  private added = 0;

  get size(): number {
    return this.added;
  }

  /** Adds an id that is not in the set yet. */
  add(id: number): void {
    this.added += 1;
    const last = this.ranges.at(-1);
    if (last && last[1] + 1 === id) last[1] = id;
    else this.ranges.push([id, id]);
  }

  /** Ascending ranges such as `1-4` and `7`. */
  toStrings(): readonly string[] {
    const joined: [number, number][] = [];
    for (const [first, last] of this.ranges.toSorted(([a], [b]) => a - b)) {
      const previous = joined.at(-1);
      if (previous && previous[1] + 1 === first) previous[1] = last;
      else joined.push([first, last]);
    }
    return joined.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  }
}
