import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { SECOND } from '../platform/time/durations.js';
import { AheadUnits } from '../parking/reservations/ahead/ahead-units.js';

/**
 * Expires holds, ends bookings whose drivers have not come, and moves bookings away from cars that
 * stay longer than their claims. The row of each booking stores the moment at which the booking is due, so
 * every instance can search for due bookings. A lot is settled under its lock, and a second instance finds
 * nothing left to do. Requests do not wait for this sweep, because they settle the lots that they read.
 */
@Injectable()
export class DueBookings {
  private readonly logger = new Logger('Bookings');
  private isRunning = false;

  constructor(private readonly units: AheadUnits) {}

  /** Runs at an interval, because the next instant of a cron expression takes milliseconds to find. */
  @Interval(5 * SECOND)
  async sweep(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      await this.units.settleDue();
    } catch (error) {
      this.logger.error(
        error,
        'due bookings cannot be settled; the next attempt is in five seconds',
      );
    } finally {
      this.isRunning = false;
    }
  }
}
