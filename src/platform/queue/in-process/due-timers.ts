import type { JobMessage } from '../job-kind.js';

/**
 * A timer fires up to a millisecond early by the system clock, and a job is refused before it is due.
 * In milliseconds.
 */
const MARGIN = 2;

/** Starts jobs at their instant. Bounded: it keeps only those that are due before the horizon. */
export class DueTimers {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /** @param horizon in milliseconds; reconciliation runs at least this often, and lists later jobs */
  constructor(
    private readonly horizon: number,
    private readonly start: (message: JobMessage) => void,
  ) {}

  /** Starts the job after the delay in milliseconds. Has no effect if it has a timer. */
  add(message: JobMessage, delay: number): void {
    const key = `${message.kind.name} ${message.id}`;
    if (delay > this.horizon || this.timers.has(key)) return;
    const timer = setTimeout(() => {
      this.timers.delete(key);
      this.start(message);
    }, delay + MARGIN);
    this.timers.set(key, timer);
  }

  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
