import { Clock } from '../../../src/platform/time/clock.js';

/** A clock that changes only when a test sets it. */
export class FixedClock extends Clock {
  private instant: number;

  constructor(instant = '2026-03-01T09:30:00.000Z') {
    super();
    this.instant = Date.parse(instant);
  }

  override now(): Date {
    return new Date(this.instant);
  }

  set(instant: string): void {
    this.instant = Date.parse(instant);
  }

  advance(milliseconds: number): void {
    this.instant += milliseconds;
  }
}
