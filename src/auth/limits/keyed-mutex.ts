/** Runs works of the same key one after another, in the order in which they came. */
export class KeyedMutex {
  /** Settled when the last work of the key so far is over. */
  private readonly last = new Map<string, Promise<unknown>>();
  private count = 0;

  /** How many works are running or wait for their turn. */
  get waiting(): number {
    return this.count;
  }

  async runExclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    this.count += 1;
    const result = (this.last.get(key) ?? Promise.resolve()).then(work);
    const over = result.catch(() => undefined);
    this.last.set(key, over);
    try {
      return await result;
    } finally {
      this.count -= 1;
      if (this.last.get(key) === over) this.last.delete(key);
    }
  }
}
