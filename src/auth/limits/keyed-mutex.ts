interface Queue {
  /** Settles when the last call so far has ended. */
  last: Promise<unknown>;
  /** Number of calls that are running or waiting. */
  length: number;
}

/** Runs calls with the same key one after another, in their order. */
export class KeyedMutex {
  private readonly queues = new Map<string, Queue>();
  private total = 0;

  /** Number of calls that are running or waiting. */
  get waiting(): number {
    return this.total;
  }

  /** Number of calls with the key that wait for the one that is running. */
  waitingFor(key: string): number {
    return Math.max((this.queues.get(key)?.length ?? 0) - 1, 0);
  }

  async runExclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(key) ?? { last: Promise.resolve(), length: 0 };
    this.queues.set(key, queue);
    this.total += 1;
    queue.length += 1;
    const result = queue.last.then(work);
    queue.last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.total -= 1;
      queue.length -= 1;
      if (queue.length === 0) this.queues.delete(key);
    }
  }
}
