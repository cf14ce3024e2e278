import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { driverTag, PARKING_TAG } from '../cache-tags.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { AlreadyParked, AlreadyReleased, BookingNotFound, WrongStatus } from './errors.js';
import { replan, replanAfterEnd } from '../claims/claim-writes.js';
import { freeSpot } from '../spots/allocation.js';
import { PlateRetention } from '../vehicles/plate-retention.js';
import { chosenPlate, type VehicleChoice } from '../vehicles/vehicles.service.js';
import { AheadUnits } from './ahead/ahead-units.js';
import { WalkIns } from './ahead/capacity/walk-ins.js';
import { BookingMetrics } from './booking-metrics.js';
import { type BookingView, findActiveBooking, listBookings } from './booking-queries.js';
import { BookingViews } from './booking-views.js';
import { addBooking, addSpending } from './driver-totals.js';
import { readParkingState, readStay, startOfStay } from './stays/parking-queries.js';
import { type BookingStatus, PARKED_STATUSES, wasParked } from './states.js';
import { insertStay, lockForStay } from './stays/stay-rows.js';

export interface BookingRequest extends VehicleChoice {
  readonly userId: number;
  readonly lotId: number;
  readonly remarks?: string;
  /** When the car came, in ms; now if omitted. */
  readonly at?: number;
}

export interface ReleaseRequest {
  readonly userId: number;
  readonly reservationId: number;
  /** When the car left, in ms; now if omitted. */
  readonly at?: number;
}

/** Books and releases spots for drivers. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly metrics: BookingMetrics,
    private readonly views: BookingViews,
    private readonly plates: PlateRetention,
    private readonly units: AheadUnits,
    private readonly walkIns: WalkIns,
  ) {}

  /**
   * Parks the driver on the lot's free spot with the lowest number, by the lot's current tariff or
   * price.
   * @throws LotNotFound | LotFull | AlreadyParked | VehicleNotFound | DriverErased
   */
  book(transactions: TransactionRunner, request: BookingRequest): Promise<BookingView> {
    const booking = transactions.run((tx) => this.bookWithin(tx, request));
    // Not in afterCommit, because a replay must also invalidate: the program may have been killed
    // between the commit and the invalidation.
    return invalidateAfter(booking, this.cache, [PARKING_TAG, driverTag(request.userId)]);
  }

  /**
   * Ends the driver's booking and sets its cost, by the tariff or price agreed when it began.
   * @throws BookingNotFound | AlreadyReleased | WrongStatus if it is not checked in
   */
  release(transactions: TransactionRunner, request: ReleaseRequest): Promise<BookingView> {
    return this.units.write(transactions, request.userId, (tx) => this.releaseWithin(tx, request));
  }

  /** Like {@link book}, within a unit of work, whose caller invalidates the cache. */
  bookWithin(tx: Tx, request: BookingRequest): Promise<BookingView> {
    tx.afterCommit(() => this.metrics.count('booked'));
    return this.park(tx, request);
  }

  /** Like {@link release}, within a unit of work, whose caller invalidates the cache. */
  releaseWithin(tx: Tx, request: ReleaseRequest): Promise<BookingView> {
    tx.afterCommit(() => this.metrics.count('released'));
    return this.leave(tx, request);
  }

  /** The driver's active reservation, if there is one. */
  async findActive(userId: number): Promise<BookingView | undefined> {
    const now = this.clock.now().getTime();
    const booking = await findActiveBooking(this.database, userId, this.plates.asOf(now));
    return booking && this.views.withCost(this.database, booking, now);
  }

  /** The driver's booking, of any status. @throws BookingNotFound */
  async find(userId: number, id: number): Promise<BookingView> {
    await this.units.settleDue();
    const booking = await this.views.find(this.database, id, this.clock.now().getTime());
    if (booking.userId !== userId) throw new BookingNotFound(id);
    return booking;
  }

  /** The driver's bookings with one of the statuses, the latest start first. */
  async list(
    userId: number,
    query: PageRequest,
    statuses: readonly BookingStatus[] = PARKED_STATUSES,
  ): Promise<Page<BookingView>> {
    const [startsAt, id] = decodeCursor(query, 'instant', 'id') ?? [];
    const after = startsAt !== undefined && id !== undefined ? { startsAt, id } : undefined;
    if (!statuses.every(wasParked)) await this.units.settleDue();
    const now = this.clock.now().getTime();
    const limit = query.limit + 1;
    const range = { userId, statuses, after, limit, asOf: this.plates.asOf(now) };
    const rows = await listBookings(this.database, range);
    const active = rows.findIndex(({ status }) => status === 'active');
    if (rows[active]) rows[active] = await this.views.withCost(this.database, rows[active], now);
    return Page.of(rows, query.limit, (row) => [row.startsAt, row.id]);
  }

  private async park(tx: Tx, request: BookingRequest): Promise<BookingView> {
    const { userId, lotId, remarks = null } = request;
    const vehicleNumber = (await chosenPlate(tx, userId, request)) ?? null;
    const state = await readParkingState(tx, userId, lotId);
    if (state.hasBookingsAhead) await this.units.enter(tx, lotId);
    const terms = await lockForStay(tx, request);
    // The unique index prevents a second stay; this check only avoids allocating a spot for it.
    if (state.isParked) throw new AlreadyParked();
    const { id: spotId, plannedAt } = state.hasBookingsAhead
      ? await this.walkIns.allocatePlanned(tx, { lotId, policyId: terms.policyId })
      : await this.walkIns.allocate(tx, lotId);

    // Read after the allocation, so that this stay begins after the stay that left the spot.
    const now = plannedAt ?? this.clock.now().getTime();
    const parkedAt = await startOfStay(tx, request, now);
    // Inserted under the lot's lock, so that the stored tariff is the one that applies at `parkedAt`.
    const stay = {
      lotId,
      userId,
      spotId,
      parkedAt,
      leftAt: null,
      now,
      terms,
      vehicleNumber,
      remarks,
    };
    const id = await insertStay(tx, stay);
    await addBooking(tx, userId);
    if (plannedAt !== undefined) await replan(tx, lotId, now);
    return this.views.find(tx, id, now);
  }

  private async leave(
    tx: Tx,
    { userId, reservationId: id, at }: ReleaseRequest,
  ): Promise<BookingView> {
    let stay = await readStay(tx, userId, id);
    // The lot's lock also keeps a window from being extended meanwhile, which would change the cost.
    if (stay && (stay.hasBookingsAhead || stay.reservedFrom !== null)) {
      await this.units.enterLotOf(tx, stay.lotId);
      stay = await readStay(tx, userId, id);
    }
    if (!stay) throw new BookingNotFound(id);
    if (!wasParked(stay.status)) throw new WrongStatus(id, stay.status);
    const { parkedAt, spotId } = stay;
    // If the clock was set back, the driver leaves at the moment they parked, not before it.
    const present = this.clock.now().getTime();
    const now = Math.max(present, parkedAt);
    const leftAt = Math.max(at ?? now, parkedAt);
    const cost = await this.units.costOf(tx, stay, leftAt);

    const released = await tx.sql<{ id: number }[]>`
      UPDATE reservations SET status = 'completed', left_at = ${leftAt}, cost = ${cost},
        claim_from = NULL, claim_until = NULL, updated_at = ${now}
      WHERE id = ${id} AND status = 'active' RETURNING id`;
    if (released.length === 0) throw new AlreadyReleased(id);
    await freeSpot(tx, spotId);
    await addSpending(tx, userId, cost);
    if (stay.hasBookingsAhead) await replanAfterEnd(tx, stay.lotId, present);
    return this.views.find(tx, id, now);
  }
}
