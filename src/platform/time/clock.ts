import { Injectable } from '@nestjs/common';

/**
 * Tells the business time. Everything that stores, compares or shows an instant asks here, so that
 * a test can hold the time still; nothing else in `src/` reads the system clock for that.
 */
@Injectable()
export class Clock {
  /** The present instant, exact to the millisecond. */
  now(): Date {
    return new Date();
  }
}
