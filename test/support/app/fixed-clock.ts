import { Clock } from '../../../src/platform/time/clock.js';
import { MINUTE } from '../../../src/platform/time/durations.js';

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

/** A Monday morning, on which the tests of bookings ahead and of gates begin. */
export const START = '2026-03-02T08:00:00.000Z';

/** Returns the instant that is `minutes` minutes after {@link START}. */
export const at = (minutes: number) => new Date(Date.parse(START) + minutes * MINUTE).toISOString();
