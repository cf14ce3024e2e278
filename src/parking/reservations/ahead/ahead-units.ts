import { Injectable, Logger } from '@nestjs/common';
import { invalidateAfter } from '../../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../../platform/cache/tagged-cache.js';
import { ReadDatabase } from '../../../platform/database/read-database.js';
import {
  TransactionRunner,
  type UnitOfWork,
} from '../../../platform/database/transaction-runner.js';
import type { Tx } from '../../../platform/database/tx.js';
import { CodedError, StoredByLaterVersion } from '../../../platform/errors/coded-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { driverTag, PARKING_TAG } from '../../cache-tags.js';
import { LotNotFound } from '../../errors.js';
import { WrongStatus } from '../errors.js';
import { AgreedPolicies } from '../../policies/agreed-policies.js';
import { AgreedTariffs } from '../../tariffs/versions/agreed-tariffs.js';
import { BookingMetrics } from '../booking-metrics.js';
import type { BookingView } from '../booking-queries.js';
import { BookingViews } from '../booking-views.js';
import type { Stay } from '../stays/parking-queries.js';
import { chargedTime, chargeStay } from '../pricing/pricing.js';
import { type BookingEvent, type BookingStatus, statusAfter } from '../states.js';
import { type BookingState, lockLot, lotOfBooking, readState } from './ahead-queries.js';
import type { Agreements } from './fees.js';
import { settle } from './settle.js';

/** Maximum number of due bookings that one query returns. */
const BATCH = 100;

/** A booking of the driver. */
export interface BookingReference {
  readonly userId: number;
  readonly id: number;
}

/** A booking whose lot is locked and settled. */
export interface OpenBooking {
  readonly booking: BookingState;
  /** In ms since 1970 UTC. */
  readonly now: number;
}

/** The units of work that change bookings in lots with bookings ahead. */
@Injectable()
export class AheadUnits {
  readonly agreements: Agreements;
  private readonly logger = new Logger('Bookings');
  /** Lots that could not be settled, each of which is logged once. */
  private readonly unsettled = new Set<number>();

  constructor(
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly views: BookingViews,
    private readonly metrics: BookingMetrics,
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    tariffs: AgreedTariffs,
    policies: AgreedPolicies,
  ) {
    this.agreements = { tariffs, policies };
  }

  /**
   * Runs the unit. If the unit is refused, the rollback also undoes the due changes that it settled first.
   * They are settled again, so that the refusal stays correct even if the clock is set back.
   */
  run<T>(transactions: TransactionRunner, unit: UnitOfWork<T>): Promise<T> {
    return transactions.run(unit).catch(async (error: unknown) => {
      if (error instanceof CodedError) await this.settleDue();
      throw error;
    });
  }

  /** Like {@link run}, for a unit that changes bookings of the driver. */
  write<T>(transactions: TransactionRunner, userId: number, unit: UnitOfWork<T>): Promise<T> {
    const result = this.run(transactions, unit);
    return invalidateAfter(result, this.cache, [PARKING_TAG, driverTag(userId)]);
  }

  /** Changes the driver's booking and returns it. @throws BookingNotFound */
  change(
    transactions: TransactionRunner,
    reference: BookingReference,
    work: (tx: Tx, open: OpenBooking) => Promise<void>,
  ): Promise<BookingView> {
    return this.write(transactions, reference.userId, (tx) =>
      this.changeWithin(tx, reference, work),
    );
  }

  /** Like {@link change}, within a unit of work, whose caller invalidates the cache. */
  async changeWithin(
    tx: Tx,
    reference: BookingReference,
    work: (tx: Tx, open: OpenBooking) => Promise<void>,
  ): Promise<BookingView> {
    const open = await this.open(tx, reference);
    await work(tx, open);
    return this.views.find(tx, open.booking.id, open.now);
  }

  /** @throws BookingNotFound */
  async open(tx: Tx, { userId, id }: BookingReference): Promise<OpenBooking> {
    const now = await this.enterLotOf(tx, await lotOfBooking(tx, userId, id));
    return { booking: await readState(tx, id), now };
  }

  /** Settles every lot in which a booking is due, so that reads are correct even if no job has run. */
  async settleDue(): Promise<void> {
    const now = this.clock.now().getTime();
    const settled = new Set<number>();
    for (;;) {
      const due = await this.database.sql<{ lotId: number }[]>`
        SELECT lot_id AS "lotId" FROM reservations
        WHERE due_at <= ${now} ORDER BY due_at LIMIT ${BATCH}`;
      // Try each lot once, because a lot that cannot be settled would be found again and again.
      const lots = new Set(due.map(({ lotId }) => lotId).filter((lotId) => !settled.has(lotId)));
      if (lots.size === 0) break;
      for (const lotId of lots) {
        await this.settleLot(lotId);
        settled.add(lotId);
      }
    }
  }

  private async settleLot(lotId: number): Promise<void> {
    try {
      const settled = this.transactions.run((tx) => this.enter(tx, lotId));
      await invalidateAfter(settled, this.cache, [PARKING_TAG]);
    } catch (error) {
      // A lot with live bookings cannot be deleted, so they ended meanwhile.
      if (error instanceof LotNotFound) return;
      if (!(error instanceof StoredByLaterVersion)) throw error;
      // An instance of the later version settles the lot; other lots must not wait for this lot.
      if (this.unsettled.has(lotId)) return;
      this.unsettled.add(lotId);
      this.logger.error(error, `lot ${lotId} cannot be settled`);
    }
  }

  /** The cost in minor units of a stay that ends at `leftAt` (ms). */
  async costOf(tx: Tx, stay: Stay, leftAt: number): Promise<number> {
    const tariff = await this.agreements.tariffs.ofBooking(tx, stay);
    const policy = await this.agreements.policies.find(tx, stay.policyId);
    return chargeStay(tariff, chargedTime(stay, policy, leftAt)).total;
  }

  /** Locks and settles the lot, and returns the current instant. @throws LotNotFound */
  async enter(tx: Tx, lotId: number): Promise<number> {
    if (!(await lockLot(tx, lotId))) throw new LotNotFound(lotId);
    return this.settleLocked(tx, lotId);
  }

  /** Like {@link enter}, for the lot of a booking: if the booking is over, the lot may have been deleted. */
  async enterLotOf(tx: Tx, lotId: number): Promise<number> {
    await lockLot(tx, lotId);
    return this.settleLocked(tx, lotId);
  }

  private async settleLocked(tx: Tx, lotId: number): Promise<number> {
    const now = this.clock.now().getTime();
    const lapses = await settle(tx, lotId, { now, agreements: this.agreements });
    if (lapses.length > 0) {
      tx.afterCommit(() => {
        for (const { status } of lapses) this.metrics.count(status);
        return this.cache.invalidate(...lapses.map(({ userId }) => driverTag(userId)));
      });
    }
    return now;
  }
}

/** The status after the event. @throws WrongStatus if the booking does not allow it */
export function nextStatus({ id, status }: BookingState, event: BookingEvent): BookingStatus {
  const next = statusAfter(status, event);
  if (!next) throw new WrongStatus(id, status);
  return next;
}
