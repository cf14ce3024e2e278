import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../platform/database/read-database.js';

/** The latest event of a booking: instants in ms, money in minor units. */
export interface ActivityRow {
  readonly id: number;
  /** Null if the driver's account was erased. */
  readonly username: string | null;
  readonly lotName: string;
  readonly spotId: number;
  readonly spotNumber: number;
  readonly parkedAt: number;
  readonly leftAt: number | null;
  readonly cost: number | null;
}

@Injectable()
export class ActivityQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Bookings by the instant of their latest event, newest first. */
  latest(limit: number): Promise<ActivityRow[]> {
    return this.database.sql<ActivityRow[]>`
      SELECT r.id, CASE WHEN erased_at IS NULL THEN username END AS username, lots.name AS "lotName", r.spot_id AS "spotId",
        spots.number AS "spotNumber", r.parked_at AS "parkedAt", r.left_at AS "leftAt", r.cost
      FROM reservations r
      JOIN accounts ON accounts.id = r.user_id
      JOIN spots ON spots.id = r.spot_id
      JOIN lots ON lots.id = r.lot_id
      WHERE r.status IN ('active', 'completed')
      ORDER BY COALESCE(r.left_at, r.parked_at) DESC, r.id DESC LIMIT ${limit}`;
  }
}
