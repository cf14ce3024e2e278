import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { Clock } from '../../../platform/time/clock.js';
import { replan } from '../../claims/claim-writes.js';
import { LotFull } from '../../errors.js';
import { WrongStatus } from '../errors.js';
import { AheadUnits, type BookingReference, nextStatus } from '../ahead/ahead-units.js';
import { feeOf } from '../ahead/ahead-queries.js';
import { BookingMetrics } from '../booking-metrics.js';
import type { BookingView } from '../booking-queries.js';
import { BookingViews } from '../booking-views.js';
import { addBooking, addSpending, subtractSpending } from '../driver-totals.js';
import { readStay, startOfStay } from './parking-queries.js';
import { statusAfter } from '../states.js';
import { insertStay, lockForStay } from './stay-rows.js';

/** When a car came and left, in ms. */
interface Times {
  readonly at: number;
  readonly leftAt: number;
}

/**
 * Stores stays that were over when they became known. They need no spot that is free now, and the driver
 * may have parked again since. Each method runs within a unit of work; its caller invalidates the cache.
 */
@Injectable()
export class PastStays {
  constructor(
    private readonly clock: Clock,
    private readonly units: AheadUnits,
    private readonly views: BookingViews,
    private readonly metrics: BookingMetrics,
  ) {}

  /** Stores a walk-in that is over. @throws LotNotFound | DriverErased */
  async bookWithin(
    tx: Tx,
    stay: Times & { readonly userId: number; readonly lotId: number; readonly plate: string },
  ): Promise<BookingView> {
    const { userId, lotId, plate: vehicleNumber } = stay;
    const terms = await lockForStay(tx, stay);
    const now = this.clock.now().getTime();
    const spotId = await anySpot(tx, lotId);
    const parkedAt = await startOfStay(tx, { ...stay, endedBy: stay.leftAt }, now);
    const leftAt = Math.max(stay.leftAt, parkedAt);
    const times = { parkedAt, leftAt, now };
    const row = { lotId, userId, spotId, ...times, terms, vehicleNumber, remarks: null };
    const id = await insertStay(tx, row);
    await this.complete(tx, { userId, id }, times);
    return this.views.find(tx, id, now);
  }

  /**
   * Stores the stay of a reservation or a no-show; a no-show's fee is cancelled.
   * @throws BookingNotFound | WrongStatus
   */
  completeWithin(
    tx: Tx,
    reference: BookingReference,
    { event, ...times }: Times & { readonly event: 'check-in' | 'revert' },
  ): Promise<BookingView> {
    return this.units.changeWithin(tx, reference, async (_, { booking, now }) => {
      const { userId, id, lotId, status } = booking;
      if (statusAfter(nextStatus(booking, event), 'release') !== 'completed')
        throw new WrongStatus(id, status);
      if (event === 'revert') await subtractSpending(tx, userId, await feeOf(tx, id));
      const parkedAt = await startOfStay(tx, { ...times, userId, endedBy: times.leftAt }, now);
      const leftAt = Math.max(times.leftAt, parkedAt);
      await this.complete(tx, reference, { parkedAt, leftAt, now });
      await replan(tx, lotId, now);
    });
  }

  private async complete(
    tx: Tx,
    { userId, id }: BookingReference,
    { parkedAt, leftAt, now }: { readonly [Name in 'parkedAt' | 'leftAt' | 'now']: number },
  ): Promise<void> {
    const stay = await readStay(tx, userId, id);
    if (!stay) throw new Error(`The booking ${id} is missing`);
    const cost = await this.units.costOf(tx, { ...stay, parkedAt }, leftAt);
    await tx.sql`
      UPDATE reservations SET status = 'completed', parked_at = ${parkedAt}, left_at = ${leftAt},
        cost = ${cost}, ended_at = NULL, claim_from = NULL, claim_until = NULL, due_at = NULL,
        updated_at = ${now}
      WHERE id = ${id}`;
    await addBooking(tx, userId);
    await addSpending(tx, userId, cost);
    tx.afterCommit(() => {
      this.metrics.count('booked');
      this.metrics.count('released');
    });
  }
}

/** The free spot of the lot with the lowest number, or the first spot if none is free. */
async function anySpot(tx: Tx, lotId: number): Promise<number> {
  const [spot] = await tx.sql<{ id: number }[]>`
    SELECT id FROM spots WHERE lot_id = ${lotId} AND retired_at IS NULL
    ORDER BY status, number LIMIT 1`;
  if (!spot) throw new LotFull(lotId);
  return spot.id;
}
