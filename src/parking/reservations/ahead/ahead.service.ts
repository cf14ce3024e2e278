import { Injectable } from '@nestjs/common';
import type { TransactionRunner } from '../../../platform/database/transaction-runner.js';
import { MINUTE } from '../../../platform/time/durations.js';
import { refreshDue, replanAfterEnd } from '../../claims/claim-writes.js';
import type { Window } from '../../claims/lot-claims.js';
import { claimWindow } from '../../claims/windows.js';
import { HoldExpired } from '../errors.js';
import { LotFull } from '../../errors.js';
import { plateKeyOf } from '../../vehicles/plate.js';
import { chosenPlate, type VehicleChoice } from '../../vehicles/vehicles.service.js';
import { BookingMetrics } from '../booking-metrics.js';
import type { BookingView } from '../booking-queries.js';
import { BookingViews } from '../booking-views.js';
import { addSpending } from '../driver-totals.js';
import { readTerms, windowOf } from './ahead-queries.js';
import { AheadUnits, type BookingReference, nextStatus } from './ahead-units.js';
import { type Cancellation, cancellationOf } from './cancellation.js';
import { lapseOf } from './fees.js';
import { assertNoOverlap } from './overlaps.js';
import { assertWindow } from './window-rules.js';

export interface AheadRequest extends VehicleChoice {
  readonly userId: number;
  readonly lotId: number;
  readonly window: Window;
  readonly isHold: boolean;
  readonly remarks?: string;
}

/** Books ahead: reserves and holds spots, confirms, and cancels. */
@Injectable()
export class AheadService {
  constructor(
    private readonly units: AheadUnits,
    private readonly metrics: BookingMetrics,
    private readonly views: BookingViews,
  ) {}

  /**
   * Reserves a spot for the window, or holds one until it is confirmed, by the tariff and the policy
   * that apply now.
   * @throws LotNotFound | LotFull | BookingOverlaps | VehicleNotFound
   * @throws ValidationFailed if the policy forbids the window
   */
  book(transactions: TransactionRunner, request: AheadRequest): Promise<BookingView> {
    const { userId, lotId, window, isHold, remarks = null } = request;
    return this.units.write(transactions, userId, async (tx) => {
      const vehicleNumber = (await chosenPlate(tx, userId, request)) ?? null;
      const now = await this.units.enter(tx, lotId);
      const terms = await readTerms(tx, lotId, now);
      const policy = await this.units.agreements.policies.find(tx, terms.policyId);
      assertWindow(policy, window, now);
      await assertNoOverlap(tx, { id: userId, now }, window);
      const status = isHold ? 'held' : 'reserved';
      const { from, until } = window;
      const holdExpiresAt = isHold ? now + policy.hold_minutes * MINUTE : null;
      const lapsesAt = lapseOf(policy, window, holdExpiresAt);
      // Until a spot is claimed, the row names any spot of the lot.
      const [row] = await tx.sql<{ id: number }[]>`
        INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at, cost,
          reserved_from, reserved_until, hold_expires_at, lapses_at, due_at, price_per_hour,
          tariff_id, policy_id, vehicle_number, plate_key, remarks, created_at, updated_at)
        VALUES ((SELECT id FROM spots WHERE lot_id = ${lotId} ORDER BY number LIMIT 1), ${lotId},
          ${userId}, ${status}, ${from}, ${until}, 0, ${from}, ${until}, ${holdExpiresAt},
          ${lapsesAt}, ${lapsesAt}, ${terms.pricePerHour}, ${terms.tariffId}, ${terms.policyId},
          ${vehicleNumber}, ${plateKeyOf(vehicleNumber)}, ${remarks}, ${now}, ${now})
        RETURNING id`;
      if (!row) throw new Error('INSERT returned no row');
      if (!(await claimWindow(tx, { lotId, now, id: row.id }, window)))
        throw new LotFull(lotId, window);
      tx.afterCommit(() => this.metrics.count(status));
      return this.views.find(tx, row.id, now);
    });
  }

  /** Confirms a hold. @throws BookingNotFound | HoldExpired | WrongStatus */
  confirm(transactions: TransactionRunner, reference: BookingReference): Promise<BookingView> {
    return this.units.change(transactions, reference, async (tx, { booking, now }) => {
      if (booking.status === 'expired') throw new HoldExpired(booking.id);
      const status = nextStatus(booking, 'confirm');
      const policy = await this.units.agreements.policies.find(tx, booking.policyId);
      const { reservedFrom: from, reservedUntil: until } = windowOf(booking);
      const lapsesAt = lapseOf(policy, { from, until });
      await tx.sql`
        UPDATE reservations SET status = ${status}, hold_expires_at = NULL, lapses_at = ${lapsesAt},
          updated_at = ${now}
        WHERE id = ${booking.id}`;
      await refreshDue(tx, booking.lotId);
      tx.afterCommit(() => this.metrics.count('reserved'));
    });
  }

  /** What cancelling costs now. @throws BookingNotFound | WrongStatus */
  previewCancellation(
    transactions: TransactionRunner,
    reference: BookingReference,
  ): Promise<Cancellation> {
    return this.units.run(transactions, async (tx) => {
      const { booking, now } = await this.units.open(tx, reference);
      nextStatus(booking, 'cancel');
      return cancellationOf(tx, this.units.agreements, booking, now);
    });
  }

  /**
   * Cancels a hold or a reservation; late cancelling costs a fee.
   * @throws BookingNotFound | WrongStatus
   */
  cancel(
    transactions: TransactionRunner,
    reference: BookingReference & { readonly waivesFee?: boolean },
  ): Promise<BookingView> {
    return this.units.change(transactions, reference, async (tx, { booking, now }) => {
      const status = nextStatus(booking, 'cancel');
      const { fee } = await cancellationOf(tx, this.units.agreements, booking, now);
      const cost = reference.waivesFee ? 0 : fee;
      await tx.sql`
        UPDATE reservations SET status = ${status}, cost = ${cost}, ended_at = ${now},
          claim_from = NULL, claim_until = NULL, due_at = NULL, updated_at = ${now}
        WHERE id = ${booking.id}`;
      if (cost > 0) await addSpending(tx, booking.userId, cost);
      // A booking at risk may need the spot that is now free.
      await replanAfterEnd(tx, booking.lotId, now);
      tx.afterCommit(() => this.metrics.count('cancelled'));
    });
  }
}
