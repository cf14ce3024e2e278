import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { driverTag, PARKING_TAG } from '../cache-tags.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import {
  AlreadyParked,
  AlreadyReleased,
  BookingNotFound,
  LotFull,
  LotNotFound,
} from '../errors.js';
import { allocateSpot, freeSpot } from '../spots/allocation.js';
import { BookingMetrics } from './booking-metrics.js';
import {
  type BookingStatus,
  type BookingView,
  findActiveBooking,
  findBooking,
  listBookings,
} from './booking-queries.js';
import { addBooking, addSpending } from './driver-totals.js';
import { cost } from './pricing.js';

export interface BookingRequest {
  readonly userId: number;
  readonly lotId: number;
  readonly vehicleNumber?: string;
  readonly remarks?: string;
}

export interface ReleaseRequest {
  readonly userId: number;
  readonly reservationId: number;
}

/** What the charge of a stay depends on; its instant in ms, its price in minor units. */
interface ActiveStay {
  readonly spotId: number;
  readonly parkedAt: number;
  readonly pricePerHour: number;
}

/** Books and releases spots for drivers. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly metrics: BookingMetrics,
  ) {}

  /**
   * Parks the driver on the lot's free spot with the lowest number, at the lot's current price.
   * @throws LotNotFound | LotFull | AlreadyParked
   */
  async book(transactions: TransactionRunner, request: BookingRequest): Promise<BookingView> {
    const booking = await transactions.run((tx) => {
      tx.afterCommit(() => this.metrics.count('booked'));
      return this.park(tx, request);
    });
    // Not in afterCommit, so that a replay repeats it if the program died after the commit.
    await this.cache.invalidate(PARKING_TAG, driverTag(request.userId));
    return booking;
  }

  /**
   * Ends the driver's booking and sets its cost, at the price agreed when it began.
   * @throws BookingNotFound | AlreadyReleased
   */
  async release(
    transactions: TransactionRunner,
    { userId, reservationId }: ReleaseRequest,
  ): Promise<BookingView> {
    const booking = await transactions.run((tx) => {
      tx.afterCommit(() => this.metrics.count('released'));
      return this.leave(tx, userId, reservationId);
    });
    await this.cache.invalidate(PARKING_TAG, driverTag(userId));
    return booking;
  }

  /** The driver's active reservation, if there is one. */
  findActive(userId: number): Promise<BookingView | undefined> {
    return findActiveBooking(this.database, userId);
  }

  /** The driver's reservations, newest first; only those with the status if it is given. */
  async list(
    userId: number,
    query: PageRequest,
    status?: BookingStatus,
  ): Promise<Page<BookingView>> {
    const [parkedAt, id] = decodeCursor(query, 'instant', 'id') ?? [];
    const after = parkedAt !== undefined && id !== undefined ? { parkedAt, id } : undefined;
    const limit = query.limit + 1;
    const rows = await listBookings(this.database, { userId, status, after, limit });
    return Page.of(rows, query.limit, (row) => [row.parkedAt, row.id]);
  }

  private async park(tx: Tx, request: BookingRequest): Promise<BookingView> {
    const { userId, lotId, vehicleNumber = null, remarks = null } = request;
    const [lot] = await tx.sql<{ price: number }[]>`
      SELECT price_per_hour AS price FROM lots WHERE id = ${lotId} AND retired_at IS NULL
      ${rowLock(tx, 'FOR KEY SHARE')}`;
    if (!lot) throw new LotNotFound(lotId);
    // The unique index decides; this check avoids allocating a spot that would be given back.
    if (await isParked(tx, userId)) throw new AlreadyParked();
    const spot = await allocateSpot(tx, lotId);
    if (!spot) throw new LotFull(lotId);

    const now = this.clock.now().getTime();
    const [reservation] = await tx.sql<{ id: number }[]>`
      INSERT INTO reservations
        (spot_id, lot_id, user_id, parked_at, price_per_hour, vehicle_number, remarks, created_at, updated_at)
      VALUES
        (${spot.id}, ${lotId}, ${userId}, ${now}, ${lot.price}, ${vehicleNumber}, ${remarks}, ${now}, ${now})
      ON CONFLICT (user_id) WHERE left_at IS NULL DO NOTHING
      RETURNING id`;
    if (!reservation) throw new AlreadyParked();
    await addBooking(tx, userId);
    return viewOf(tx, reservation.id);
  }

  private async leave(tx: Tx, userId: number, id: number): Promise<BookingView> {
    const [reservation] = await tx.sql<ActiveStay[]>`
      SELECT spot_id AS "spotId", parked_at AS "parkedAt", price_per_hour AS "pricePerHour"
      FROM reservations WHERE id = ${id} AND user_id = ${userId}`;
    if (!reservation) throw new BookingNotFound(id);
    const { parkedAt, pricePerHour, spotId } = reservation;
    // If the clock was set back, the driver leaves at the moment they parked, not before it.
    const leftAt = Math.max(this.clock.now().getTime(), parkedAt);
    const stay = { parkedAt: new Date(parkedAt), leftAt: new Date(leftAt) };
    const charged = cost(stay, pricePerHour);

    const released = await tx.sql<{ id: number }[]>`
      UPDATE reservations SET left_at = ${leftAt}, cost = ${charged}, updated_at = ${leftAt}
      WHERE id = ${id} AND left_at IS NULL RETURNING id`;
    if (released.length === 0) throw new AlreadyReleased(id);
    await freeSpot(tx, spotId);
    await addSpending(tx, userId, charged);
    return viewOf(tx, id);
  }
}

async function isParked(tx: Tx, userId: number): Promise<boolean> {
  const rows = await tx.sql`
    SELECT 1 FROM reservations WHERE user_id = ${userId} AND left_at IS NULL`;
  return rows.length > 0;
}

async function viewOf(tx: Tx, id: number): Promise<BookingView> {
  const booking = await findBooking(tx, id);
  if (!booking) throw new BookingNotFound(id);
  return booking;
}
