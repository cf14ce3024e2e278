import { Injectable } from '@nestjs/common';

/**
 * The current time. All code that stores, compares or shows an instant uses this class instead of the system
 * clock, so that tests can control the time.
 */
@Injectable()
export class Clock {
  /** The current instant, to the millisecond. */
  now(): Date {
    return new Date();
  }
}
