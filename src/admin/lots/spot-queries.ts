import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { LotNotFound } from '../../parking/errors.js';
import { findLotView } from '../../parking/lots/lot-queries.js';
import type { SpotStatus } from '../../parking/spots/spot.entity.js';

interface Occupant {
  readonly reservationId: number;
  readonly userId: number;
  readonly username: string;
  readonly vehicleNumber: string | null;
  readonly parkedAt: number;
}

/** A spot with its active reservation, if any; instants in ms. */
export type SpotRow = {
  readonly id: number;
  readonly lotId: number;
  readonly number: number;
  readonly status: SpotStatus;
  readonly createdAt: number;
} & (Occupant | { readonly reservationId: null });

@Injectable()
export class SpotQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The lot's spots by number, without retired ones. @throws LotNotFound */
  async ofLot(lotId: number, query: PageRequest): Promise<Page<SpotRow>> {
    const [afterNumber = 0] = decodeCursor(query, 'integer') ?? [];
    if (!(await findLotView(this.database, lotId))) throw new LotNotFound(lotId);
    const rows = await this.database.sql<SpotRow[]>`
      SELECT spots.id, spots.lot_id AS "lotId", spots.number, spots.status,
        spots.created_at AS "createdAt", r.id AS "reservationId", r.user_id AS "userId",
        accounts.username, r.vehicle_number AS "vehicleNumber", r.parked_at AS "parkedAt"
      FROM spots
      LEFT JOIN reservations r ON r.spot_id = spots.id AND r.left_at IS NULL
      LEFT JOIN accounts ON accounts.id = r.user_id
      WHERE spots.lot_id = ${lotId} AND spots.retired_at IS NULL AND spots.number > ${afterNumber}
      ORDER BY spots.number LIMIT ${query.limit + 1}`;
    return Page.of(rows, query.limit, ({ number }) => [number]);
  }
}
