import { Injectable } from '@nestjs/common';

/**
 * The current time. All code that stores, compares or shows an instant uses it, so that tests can
 * control the time; nothing else in `src/` reads the system clock for that.
 */
@Injectable()
export class Clock {
  /** The current instant, to the millisecond. */
  now(): Date {
    return new Date();
  }
}
