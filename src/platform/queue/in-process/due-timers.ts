import type { JobMessage } from '../job-kind.js';

/**
 * Added to each delay, in milliseconds: a timer may fire up to a millisecond early by the system clock, and a
 * job that is not due yet is refused.
 */
const MARGIN = 2;

/**
 * Starts jobs at their instant. Has timers only for jobs that are due within the horizon, to bound their
 * number.
 */
export class DueTimers {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /** @param horizon in milliseconds; reconciliation runs at least this often, and lists later jobs */
  constructor(
    private readonly horizon: number,
    private readonly start: (message: JobMessage) => void,
  ) {}

  /**
   * Starts the job after the delay in milliseconds. Has no effect if the job has a timer, or if the delay
   * exceeds the horizon.
   */
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
