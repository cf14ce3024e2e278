import { Injectable } from '@nestjs/common';
import type { Account } from '../../auth/accounts/account.entity.js';
import { AccountsService } from '../../auth/accounts/accounts.service.js';
import type { LinkPurpose } from '../../auth/links/account-link.entity.js';
import { Sessions, type ListedSession } from '../../auth/sessions/sessions.service.js';
import { RateLimitAuditor } from '../../auth/limits/rate-limit-auditor.js';
import { Export } from '../../jobs/exports/export.entity.js';
import type { BookingView } from '../../parking/reservations/booking-queries.js';
import { ReservationsService } from '../../parking/reservations/reservations.service.js';
import { PlateRetention } from '../../parking/vehicles/plate-retention.js';
import { type Vehicle, VehiclesService } from '../../parking/vehicles/vehicles.service.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { RETENTION } from '../../platform/idempotency/idempotent-transaction-runner.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { auditPages, type PersonalEntry } from './audit-pages.js';
import { bookingPages, type GateEventRow, gateEventPages } from './booking-pages.js';
import {
  deliveryPages,
  type DeliveryRow,
  recordPages,
  type RecordRow,
  reportPages,
  type ReportRow,
} from './message-pages.js';
import type { Pages } from './pages.js';

/** A network from which the account has logged in; the instant in ms. */
export interface NetworkRow {
  readonly network: string;
  readonly usedAt: number;
}

/** A link that is valid; instants in ms. */
export interface LinkRow {
  readonly purpose: LinkPurpose;
  readonly mailed: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Everything that is stored about an account. Lists that can be long are read page by page. */
export interface StoredData {
  /** When the program began to read the data. */
  readonly at: Date;
  readonly account: Account;
  readonly sessions: readonly ListedSession[];
  readonly networks: readonly NetworkRow[];
  readonly links: readonly LinkRow[];
  readonly vehicles: readonly Vehicle[];
  readonly exports: readonly Export[];
  readonly bookings: Pages<BookingView>;
  readonly gateEvents: Pages<GateEventRow>;
  readonly reports: Pages<ReportRow>;
  readonly deliveries: Pages<DeliveryRow>;
  readonly records: Pages<RecordRow>;
  readonly auditEntries: Pages<PersonalEntry>;
}

@Injectable()
export class StoredDataQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly accounts: AccountsService,
    private readonly sessions: Sessions,
    private readonly vehicles: VehiclesService,
    private readonly reservations: ReservationsService,
    private readonly limits: RateLimitAuditor,
    private readonly plates: PlateRetention,
    private readonly clock: Clock,
  ) {}

  /** @throws RateLimited | TokenRevoked */
  async of(principal: Principal): Promise<StoredData> {
    const { id } = principal;
    await this.limits.consume('data-of-account', String(id), principal);
    const at = this.clock.now();
    const { now, plateCutoff } = this.plates.asOf(at.getTime());
    const account = await this.accounts.get(id);
    return {
      at,
      account,
      sessions: await this.sessions.list(id),
      networks: await this.database.sql<NetworkRow[]>`
        SELECT network, used_at AS "usedAt" FROM login_networks
        WHERE account_id = ${id} ORDER BY used_at DESC`,
      links: await this.database.sql<LinkRow[]>`
        SELECT purpose, mailed, created_at AS "createdAt", expires_at AS "expiresAt" FROM account_links
        WHERE account_id = ${id} ORDER BY created_at`,
      vehicles: await this.vehicles.list(id),
      exports: await this.database
        .getRepository(Export)
        .find({ where: { userId: id }, order: { createdAt: 'ASC' } }),
      bookings: bookingPages(this.reservations, id),
      gateEvents: gateEventPages(this.database, id, plateCutoff),
      reports: reportPages(this.database, id),
      deliveries: deliveryPages(this.database, id),
      records: recordPages(this.database, id, now - RETENTION),
      auditEntries: auditPages(this.database, account, plateCutoff),
    };
  }
}
