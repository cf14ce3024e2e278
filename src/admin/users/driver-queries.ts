import { Injectable } from '@nestjs/common';
import { AheadUnits } from '../../parking/reservations/ahead/ahead-units.js';
import type { Role } from '../../platform/principal.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { raw } from '../../platform/database/sql/sql.js';
import { caseFolded } from '../../platform/text.js';

/** A driver's account and booking totals: instants in ms, money in minor units. */
export interface DriverRow {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Null while the account can log in. */
  readonly disabledAt: number | null;
  /** Null until the e-mail address is confirmed. */
  readonly emailConfirmedAt: number | null;
  readonly bookings: number;
  readonly active: number;
  readonly spent: number;
}

const DRIVERS = raw(`
  SELECT accounts.id, username, email, role, accounts.created_at AS "createdAt",
    accounts.updated_at AS "updatedAt", disabled_at AS "disabledAt",
    email_confirmed_at AS "emailConfirmedAt", COALESCE(bookings, 0) AS bookings,
    COALESCE(spent, 0) AS spent,
    (SELECT COUNT(*) FROM reservations r
      WHERE r.user_id = accounts.id AND r.left_at IS NULL) AS active
  FROM accounts LEFT JOIN driver_totals ON driver_totals.user_id = accounts.id
  WHERE role = 'user' AND erased_at IS NULL`);

@Injectable()
export class DriverQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly units: AheadUnits,
  ) {}

  /** Drivers whose name or e-mail contains `search` (case-insensitive), by id. */
  async list(query: PageRequest, search = ''): Promise<Page<DriverRow>> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    await this.units.settleDue();
    const pattern = `%${caseFolded(search).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    const rows = await this.database.sql<DriverRow[]>`
      ${DRIVERS} AND accounts.id > ${afterId}
        AND (username_key LIKE ${pattern} ESCAPE '\\' OR email_key LIKE ${pattern} ESCAPE '\\')
      ORDER BY accounts.id LIMIT ${query.limit + 1}`;
    return Page.of(rows, query.limit, ({ id }) => [id]);
  }

  async find(id: number): Promise<DriverRow | undefined> {
    const [row] = await this.database.sql<DriverRow[]>`${DRIVERS} AND accounts.id = ${id}`;
    return row;
  }
}
