/** Runs calls with the same key one after another, in their order. */
export class KeyedMutex {
  /** By key: settles when the last call so far has ended. */
  private readonly last = new Map<string, Promise<unknown>>();
  private count = 0;

  /** Number of calls that are running or waiting. */
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
