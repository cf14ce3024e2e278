import { Injectable } from '@nestjs/common';
import type { TransactionRunner } from '../../../platform/database/transaction-runner.js';
import type { Tx } from '../../../platform/database/tx.js';
import { isUniqueViolation } from '../../../platform/database/unique-violation.js';
import { Clock } from '../../../platform/time/clock.js';
import { MINUTE } from '../../../platform/time/durations.js';
import { replan } from '../../claims/claim-writes.js';
import { spotForCheckIn } from '../../claims/windows.js';
import { ParkedElsewhere, SpotOccupied, TooEarly } from '../errors.js';
import { occupySpot } from '../../spots/allocation.js';
import { BookingMetrics } from '../booking-metrics.js';
import type { BookingView } from '../booking-queries.js';
import { addBooking, subtractSpending } from '../driver-totals.js';
import { startOfStay } from '../stays/parking-queries.js';
import type { BookingStatus } from '../states.js';
import { feeOf, windowOf } from './ahead-queries.js';
import { AheadUnits, type BookingReference, nextStatus, type OpenBooking } from './ahead-units.js';

/** When the car of a booking came. */
interface Arrival {
  /** In ms since 1970 UTC; omitted means now. */
  readonly at?: number;
}

/** Checks drivers in for their reservations. */
@Injectable()
export class CheckInService {
  constructor(
    private readonly units: AheadUnits,
    private readonly metrics: BookingMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * Parks the driver on a free spot that no other booking claims until the end of the window.
   * @throws BookingNotFound | WrongStatus | TooEarly | ParkedElsewhere | SpotOccupied
   */
  checkIn(transactions: TransactionRunner, reference: BookingReference): Promise<BookingView> {
    return this.units.change(transactions, reference, (tx, open) => this.arrive(tx, open, {}));
  }

  /** Like {@link checkIn}, within a unit of work, whose caller invalidates the cache. */
  checkInWithin(tx: Tx, reference: BookingReference, arrival: Arrival): Promise<BookingView> {
    return this.units.changeWithin(tx, reference, (_, open) => this.arrive(tx, open, arrival));
  }

  /**
   * Parks the driver of a no-show who had arrived in time, and cancels the fee. Runs in the caller's unit
   * of work; the caller invalidates the cache.
   * @throws BookingNotFound | WrongStatus | ParkedElsewhere | SpotOccupied
   */
  revertWithin(tx: Tx, reference: BookingReference, arrival: Arrival): Promise<BookingView> {
    return this.units.changeWithin(tx, reference, async (_, open) => {
      const { booking } = open;
      const status = nextStatus(booking, 'revert');
      const fee = await feeOf(tx, booking.id);
      await this.park(tx, open, { ...arrival, status });
      await subtractSpending(tx, booking.userId, fee);
    });
  }

  private async arrive(tx: Tx, open: OpenBooking, arrival: Arrival): Promise<void> {
    const { booking, now } = open;
    const status = nextStatus(booking, 'check-in');
    const policy = await this.units.agreements.policies.find(tx, booking.policyId);
    const earliest = windowOf(booking).reservedFrom - policy.early_arrival_minutes * MINUTE;
    // `at` is infinite for a car that is seen now. The window may have changed since the booking was found.
    if (Math.min(arrival.at ?? now, now) < earliest) throw new TooEarly(booking.id, earliest);
    await this.park(tx, open, { ...arrival, status });
  }

  private async park(
    tx: Tx,
    { booking, now }: OpenBooking,
    { status, at }: Arrival & { readonly status: BookingStatus },
  ): Promise<void> {
    const { id, lotId, userId } = booking;
    // The unique index prevents a second stay; this check only avoids planning for a driver who cannot park.
    const parked = await tx.sql`
      SELECT 1 FROM reservations WHERE user_id = ${userId} AND left_at IS NULL`;
    if (parked.length > 0) throw new ParkedElsewhere(id);
    const spot = await spotForCheckIn(
      tx,
      { lotId, now, id },
      await this.endOfClaim(tx, booking, now),
    );
    if (spot === undefined) throw new SpotOccupied(lotId);
    await occupySpot(tx, spot);
    // Read again: the previous stay on the spot may have ended after `now`, and this stay begins after it.
    const parkedNow = this.clock.now().getTime();
    const parkedAt = await startOfStay(tx, { userId, at }, parkedNow);
    await store(tx, { id, status, spotId: spot, parkedAt, now: parkedNow });
    await addBooking(tx, userId);
    await replan(tx, lotId, parkedNow);
    tx.afterCommit(() => this.metrics.count('booked'));
  }

  /** The end of the window, or the end of the claim if the car has stayed longer already. In ms. */
  private async endOfClaim(tx: Tx, booking: OpenBooking['booking'], now: number): Promise<number> {
    const { reservedUntil } = windowOf(booking);
    if (reservedUntil > now) return reservedUntil;
    const policy = await this.units.agreements.policies.find(tx, booking.policyId);
    const step = policy.walk_in_minutes * MINUTE;
    return reservedUntil + (Math.floor((now - reservedUntil) / step) + 1) * step;
  }
}

interface ParkedCar {
  /** Id of the booking. */
  readonly id: number;
  readonly status: BookingStatus;
  readonly spotId: number;
  /** In ms since 1970 UTC. */
  readonly parkedAt: number;
  readonly now: number;
}

/**
 * Stores that the car is on the spot. On PostgreSQL the driver may meanwhile have parked in another
 * lot, which has its own lock.
 * @throws ParkedElsewhere
 */
async function store(tx: Tx, { id, status, spotId, parkedAt, now }: ParkedCar): Promise<void> {
  try {
    await tx.sql`
      UPDATE reservations SET status = ${status}, spot_id = ${spotId}, parked_at = ${parkedAt},
        left_at = NULL, cost = NULL, ended_at = NULL, claim_from = NULL, claim_until = NULL,
        due_at = NULL, updated_at = ${now}
      WHERE id = ${id}`;
  } catch (error) {
    throw isUniqueViolation(error) ? new ParkedElsewhere(id) : error;
  }
}
