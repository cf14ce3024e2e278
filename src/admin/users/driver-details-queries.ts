import { Injectable } from '@nestjs/common';
import { Sessions, type ListedSession } from '../../auth/sessions/sessions.service.js';
import { AccountNotFound } from '../../auth/errors.js';
import type { BookingView } from '../../parking/reservations/booking-queries.js';
import { ReservationsService } from '../../parking/reservations/reservations.service.js';
import { type Vehicle, VehiclesService } from '../../parking/vehicles/vehicles.service.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { MAX_PAGE_SIZE } from '../../platform/http/pagination/page-query.dto.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { type DriverRow, DriverQueries } from './driver-queries.js';

/** What operators see of one driver. */
export interface DriverDetails {
  readonly driver: DriverRow;
  readonly current: BookingView | undefined;
  /** Reserved bookings, the latest start first. */
  readonly upcoming: readonly BookingView[];
  readonly vehicles: readonly Vehicle[];
  readonly sessions: readonly ListedSession[];
}

@Injectable()
export class DriverDetailsQueries {
  constructor(
    private readonly drivers: DriverQueries,
    private readonly reservations: ReservationsService,
    private readonly vehicles: VehiclesService,
    private readonly sessions: Sessions,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** Also records in the audit log that the operator viewed the account. @throws AccountNotFound */
  async find(id: number, operator: Principal): Promise<DriverDetails> {
    const current = await this.reservations.findActive(id);
    const upcoming = await this.reservations.list(id, { limit: MAX_PAGE_SIZE }, ['reserved']);
    const vehicles = await this.vehicles.list(id);
    const sessions = await this.sessions.list(id);
    const driver = await this.drivers.find(id);
    if (!driver) throw new AccountNotFound(id);
    const at = this.clock.now();
    const viewed = { at, by: operator, action: 'account.viewed', targetId: id } as const;
    await this.transactions.run((tx) => recordAudit(tx, viewed));
    return { driver, current, upcoming: upcoming.items, vehicles, sessions };
  }
}
