import { Injectable } from '@nestjs/common';
import type { TransactionRunner } from '../../../platform/database/transaction-runner.js';
import type { Tx } from '../../../platform/database/tx.js';
import { ValidationFailed } from '../../../platform/errors/coded-error.js';
import { replan } from '../../claims/claim-writes.js';
import type { Window } from '../../claims/lot-claims.js';
import { claimWindow, hasRoomUntil } from '../../claims/windows.js';
import { LotFull } from '../../errors.js';
import { TooLate } from '../errors.js';
import { chosenPlate, type VehicleChoice } from '../../vehicles/vehicles.service.js';
import { setPlate } from '../booking-vehicles.service.js';
import type { BookingView } from '../booking-queries.js';
import { type BookingState, readTerms, windowOf } from './ahead-queries.js';
import { AheadUnits, type BookingReference, nextStatus, type OpenBooking } from './ahead-units.js';
import { cancellationOf } from './cancellation.js';
import { lapseOf, windowPrice } from './fees.js';
import { assertNoOverlap, findOverlap } from './overlaps.js';
import { assertEnd, assertStart } from './window-rules.js';

export interface BookingChanges extends VehicleChoice {
  /** In ms since 1970 UTC. */
  readonly from?: number;
  readonly until?: number;
  readonly remarks?: string;
}

/** What extending a booking costs, in minor units. */
export interface Extension {
  /** Whether, until the new end, the lot has room and the driver has no other booking. */
  readonly available: boolean;
  /** The amount by which the price of the window increases. */
  readonly cost: number;
  /** The cost if the driver leaves at the new end. */
  readonly total: number;
}

/** Changes and extends bookings ahead. */
@Injectable()
export class ChangesService {
  constructor(private readonly units: AheadUnits) {}

  /**
   * Changes a booking that is not checked in, while cancelling it is free. A new window is priced by
   * the tariff that applies now; the policy stays.
   * @throws BookingNotFound | WrongStatus | TooLate | LotFull | BookingOverlaps | VehicleNotFound
   * @throws ValidationFailed if the policy forbids the window
   */
  change(
    transactions: TransactionRunner,
    reference: BookingReference,
    changes: BookingChanges,
  ): Promise<BookingView> {
    return this.units.change(transactions, reference, async (tx, open) => {
      const { booking, now } = open;
      nextStatus(booking, 'change');
      const { freeUntil } = await cancellationOf(tx, this.units.agreements, booking, now);
      if (freeUntil !== null && now >= freeUntil) throw new TooLate(booking.id, freeUntil);
      const vehicleNumber = await chosenPlate(tx, reference.userId, changes);
      if (vehicleNumber !== undefined) await setPlate(tx, booking.id, vehicleNumber);
      await tx.sql`
        UPDATE reservations SET remarks = COALESCE(${changes.remarks ?? null}, remarks),
          updated_at = ${now}
        WHERE id = ${booking.id}`;
      await this.moveWindow(tx, open, changes);
    });
  }

  /**
   * @throws BookingNotFound | WrongStatus
   * @throws ValidationFailed if the booking has no window, or `until` (ms) is in the past, is not after the
   * current end, or is forbidden by the policy
   */
  previewExtension(
    transactions: TransactionRunner,
    reference: BookingReference,
    until: number,
  ): Promise<Extension> {
    return this.units.run(transactions, async (tx) => {
      const open = await this.units.open(tx, reference);
      await this.assertExtension(tx, open, until);
      const { booking, now } = open;
      const { reservedFrom, reservedUntil } = windowOf(booking);
      // A driver who checked in early pays from the check-in on.
      const start = { ...booking, reservedFrom: Math.min(reservedFrom, booking.parkedAt) };
      const { agreements } = this.units;
      const before = await windowPrice(tx, agreements, { ...start, reservedUntil });
      const total = await windowPrice(tx, agreements, { ...start, reservedUntil: until });
      const claim = { lotId: booking.lotId, now, id: booking.id };
      const added = { from: Math.max(reservedUntil, now), until };
      const driver = { id: booking.userId, now, except: booking.id };
      const available =
        (await findOverlap(tx, driver, added)) === undefined &&
        (await hasRoomUntil(tx, claim, added));
      return { available, cost: total - before, total };
    });
  }

  /**
   * Extends the window of a booking that is not over.
   * @throws BookingNotFound | WrongStatus | LotFull | BookingOverlaps
   * @throws ValidationFailed if the booking has no window, or `until` (ms) is in the past, is not after the
   * current end, or is forbidden by the policy
   */
  extend(
    transactions: TransactionRunner,
    reference: BookingReference,
    until: number,
  ): Promise<BookingView> {
    return this.units.change(transactions, reference, async (tx, open) => {
      await this.assertExtension(tx, open, until);
      const { booking, now } = open;
      const { reservedFrom, reservedUntil } = windowOf(booking);
      const added = { from: Math.max(reservedUntil, now), until };
      await assertNoOverlap(tx, { id: booking.userId, now, except: booking.id }, added);
      const claim = { lotId: booking.lotId, now, id: booking.id };
      if (!(await hasRoomUntil(tx, claim, added))) throw new LotFull(booking.lotId, added);
      await this.storeWindow(tx, booking, { from: reservedFrom, until, now });
      await replan(tx, booking.lotId, now);
    });
  }

  private async moveWindow(
    tx: Tx,
    { booking, now }: OpenBooking,
    changes: BookingChanges,
  ): Promise<void> {
    const { reservedFrom, reservedUntil } = windowOf(booking);
    const window = { from: changes.from ?? reservedFrom, until: changes.until ?? reservedUntil };
    if (window.from === reservedFrom && window.until === reservedUntil) return;
    const policy = await this.units.agreements.policies.find(tx, booking.policyId);
    // A window that has begun may still be lengthened.
    if (window.from !== reservedFrom) assertStart(policy, window, now);
    assertEnd(policy, window, now);
    await assertNoOverlap(tx, { id: booking.userId, now, except: booking.id }, window);
    const terms = await readTerms(tx, booking.lotId, now);
    await tx.sql`
      UPDATE reservations SET price_per_hour = ${terms.pricePerHour}, tariff_id = ${terms.tariffId}
      WHERE id = ${booking.id}`;
    await this.storeWindow(tx, booking, { ...window, now });
    const claim = { lotId: booking.lotId, now, id: booking.id };
    if (!(await claimWindow(tx, claim, window))) throw new LotFull(booking.lotId, window);
  }

  /** Stores the window and the columns that depend on it, without a claim. */
  private async storeWindow(
    tx: Tx,
    { id, status, policyId, holdExpiresAt }: BookingState,
    { from, until, now }: Window & { readonly now: number },
  ): Promise<void> {
    if (status === 'active') {
      await tx.sql`
        UPDATE reservations SET reserved_until = ${until}, claim_until = NULL, claim_from = NULL,
          updated_at = ${now}
        WHERE id = ${id}`;
      return;
    }
    const policy = await this.units.agreements.policies.find(tx, policyId);
    const lapsesAt = lapseOf(policy, { from, until }, holdExpiresAt);
    await tx.sql`
      UPDATE reservations SET parked_at = ${from}, left_at = ${until}, reserved_from = ${from},
        reserved_until = ${until}, lapses_at = ${lapsesAt}, due_at = ${lapsesAt},
        claim_from = NULL, claim_until = NULL, updated_at = ${now}
      WHERE id = ${id}`;
  }

  private async assertExtension(
    tx: Tx,
    { booking, now }: OpenBooking,
    until: number,
  ): Promise<void> {
    nextStatus(booking, 'extend');
    if (booking.reservedUntil === null || until <= booking.reservedUntil) {
      const message =
        booking.reservedUntil === null
          ? 'the booking has no end that could be extended'
          : `until must be after ${new Date(booking.reservedUntil).toISOString()}`;
      throw new ValidationFailed([{ field: 'until', message }]);
    }
    const policy = await this.units.agreements.policies.find(tx, booking.policyId);
    const { reservedFrom } = windowOf(booking);
    // With an end in the past, a driver who leaves late would count as on time.
    assertEnd(policy, { from: reservedFrom, until }, now);
  }
}
