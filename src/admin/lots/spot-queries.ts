import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { LotNotFound } from '../../parking/errors.js';
import { Clock } from '../../platform/time/clock.js';
import { AheadUnits } from '../../parking/reservations/ahead/ahead-units.js';
import { lotExists, WALK_IN_TIME } from '../../parking/lots/lot-queries.js';

interface Occupant {
  readonly reservationId: number;
  readonly userId: number;
  readonly username: string;
  readonly vehicleNumber: string | null;
  /** Null if the booking claims the spot and its car has not arrived. */
  readonly parkedAt: number | null;
}

/** A spot with the booking that occupies it, if any; instants in ms. */
export type SpotRow = {
  readonly id: number;
  readonly lotId: number;
  readonly number: number;
  readonly createdAt: number;
} & (Occupant | { readonly reservationId: null });

@Injectable()
export class SpotQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
  ) {}

  /** The lot's spots by number, without retired ones. @throws LotNotFound */
  async ofLot(lotId: number, query: PageRequest): Promise<Page<SpotRow>> {
    const [afterNumber = 0] = decodeCursor(query, 'integer') ?? [];
    if (!(await lotExists(this.database, lotId))) throw new LotNotFound(lotId);
    await this.units.settleDue();
    const now = this.clock.now().getTime();
    const rows = await this.database.sql<SpotRow[]>`
      SELECT spots.id, spots.lot_id AS "lotId", spots.number,
        spots.created_at AS "createdAt", r.id AS "reservationId", r.user_id AS "userId",
        accounts.username, r.vehicle_number AS "vehicleNumber", 
        CASE WHEN r.left_at IS NULL THEN r.parked_at END AS "parkedAt"
      FROM spots
      LEFT JOIN reservations r ON r.id = COALESCE(
        (SELECT car.id FROM reservations car WHERE car.spot_id = spots.id AND car.left_at IS NULL),
        (SELECT next.id FROM reservations next
          WHERE next.spot_id = spots.id AND next.claim_from IS NOT NULL
            AND next.claim_from < ${now} + (
              SELECT ${WALK_IN_TIME} FROM lots LEFT JOIN policies ON policies.id = lots.policy_id
              WHERE lots.id = spots.lot_id)
          ORDER BY next.claim_from LIMIT 1))
      LEFT JOIN accounts ON accounts.id = r.user_id
      WHERE spots.lot_id = ${lotId} AND spots.retired_at IS NULL AND spots.number > ${afterNumber}
      ORDER BY spots.number LIMIT ${query.limit + 1}`;
    return Page.of(rows, query.limit, ({ number }) => [number]);
  }
}
