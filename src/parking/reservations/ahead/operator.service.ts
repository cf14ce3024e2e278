import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../../platform/audit/audit.js';
import type { AuditedAction } from '../../../platform/audit/audited-actions.js';
import { ReadDatabase } from '../../../platform/database/read-database.js';
import {
  TransactionRunner,
  type UnitOfWork,
} from '../../../platform/database/transaction-runner.js';
import { decodeCursor, Page, type PageRequest } from '../../../platform/page.js';
import type { Principal } from '../../../platform/principal.js';
import { Clock } from '../../../platform/time/clock.js';
import { NoSuchBooking } from '../errors.js';
import { type BookingSearch, type BookingView, searchBookings } from '../booking-queries.js';
import { PlateRetention } from '../../vehicles/plate-retention.js';
import { BookingViews } from '../booking-views.js';
import { ReservationsService } from '../reservations.service.js';
import { AheadService } from './ahead.service.js';
import { lockLot } from './ahead-queries.js';
import { AheadUnits } from './ahead-units.js';
import { CheckInService } from './check-in.service.js';

/** An operator who acts for the driver of a booking. */
export interface OperatorAction {
  readonly bookingId: number;
  readonly reason: string;
  readonly principal: Principal;
}

/** Searches bookings for operators, and acts for drivers by the drivers' rules; each action is audited. */
@Injectable()
export class OperatorBookings {
  constructor(
    private readonly database: ReadDatabase,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
    private readonly views: BookingViews,
    private readonly plates: PlateRetention,
    private readonly reservations: ReservationsService,
    private readonly ahead: AheadService,
    private readonly checkIns: CheckInService,
  ) {}

  /** Bookings of all drivers, the latest start first. */
  async search(
    query: PageRequest,
    search: Omit<BookingSearch, 'after' | 'limit' | 'asOf'>,
  ): Promise<Page<BookingView>> {
    const [startsAt, id] = decodeCursor(query, 'instant', 'id') ?? [];
    const after = startsAt !== undefined && id !== undefined ? { startsAt, id } : undefined;
    await this.units.settleDue();
    const now = this.clock.now().getTime();
    const limit = query.limit + 1;
    const asOf = this.plates.asOf(now);
    const rows = await searchBookings(this.database, { ...search, after, limit, asOf });
    const views = await Promise.all(
      rows.map((row) => this.views.withCost(this.database, row, now)),
    );
    return Page.of(views, query.limit, (row) => [row.startsAt, row.id]);
  }

  /** @throws NoSuchBooking | AlreadyReleased */
  async release(transactions: TransactionRunner, action: OperatorAction): Promise<BookingView> {
    const userId = await this.driverOf(action.bookingId);
    const audited = new AuditedRunner(transactions, { ...action, action: 'booking.released' });
    return this.reservations.release(audited, { userId, reservationId: action.bookingId });
  }

  /** @throws NoSuchBooking | WrongStatus */
  async cancel(
    transactions: TransactionRunner,
    action: OperatorAction & { readonly waivesFee: boolean },
  ): Promise<BookingView> {
    const userId = await this.driverOf(action.bookingId);
    const { waivesFee, bookingId: id } = action;
    const audited = new AuditedRunner(transactions, { ...action, action: 'booking.cancelled' });
    return this.ahead.cancel(audited, { userId, id, waivesFee });
  }

  /** @throws NoSuchBooking | WrongStatus | TooEarly | ParkedElsewhere | SpotOccupied */
  async checkIn(transactions: TransactionRunner, action: OperatorAction): Promise<BookingView> {
    const userId = await this.driverOf(action.bookingId);
    const audited = new AuditedRunner(transactions, { ...action, action: 'booking.checked-in' });
    return this.checkIns.checkIn(audited, { userId, id: action.bookingId });
  }

  private async driverOf(id: number): Promise<number> {
    const [row] = await this.database.sql<{ userId: number }[]>`
      SELECT user_id AS "userId" FROM reservations WHERE id = ${id}`;
    if (!row) throw new NoSuchBooking(id);
    return row.userId;
  }
}

interface State {
  readonly lotId: number;
  readonly status: string;
  readonly cost: number | null;
  readonly updatedAt: number;
}

/** Audits what a unit of work does to a booking, in the same transaction. */
class AuditedRunner extends TransactionRunner {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly act: OperatorAction & { readonly action: AuditedAction },
  ) {
    super();
  }

  override run<T>(unit: UnitOfWork<T>): Promise<T> {
    const { action, bookingId, principal, reason } = this.act;
    return this.transactions.run(async (tx) => {
      // Without the lock, the driver could change the booking between `before` and the unit.
      await lockLot(tx, (await stateOf(bookingId)).lotId);
      const before = await stateOf(bookingId);
      const result = await unit(tx);
      const after = await stateOf(bookingId);
      await recordAudit(tx, {
        at: new Date(after.updatedAt),
        by: principal,
        action,
        targetId: bookingId,
        before: { status: before.status, cost: before.cost },
        after: { status: after.status, cost: after.cost, reason },
      });
      return result;

      async function stateOf(id: number) {
        const [row] = await tx.sql<State[]>`
          SELECT lot_id AS "lotId", status, cost, updated_at AS "updatedAt"
          FROM reservations WHERE id = ${id}`;
        if (!row) throw new NoSuchBooking(id);
        return row;
      }
    });
  }
}
