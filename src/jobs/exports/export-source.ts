import { createHash } from 'node:crypto';
import type { BookingRow } from '../../parking/reservations/booking-queries.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { list } from '../../platform/database/sql/sql.js';
import { DAY } from '../../platform/time/durations.js';

/**
 * The source of a file. As long as it equals the stored data, a new file would be identical, except
 * for the duration of an active booking.
 */
export interface ExportSource {
  /** See {@link readBookingsState}. */
  readonly bookings: string;
  /** Ids of the lots in the file. */
  readonly lots: readonly number[];
  /** Digest of the names and addresses of those lots. */
  readonly places: string;
}

/** The columns of the file that a lot contributes. */
type Place = Pick<BookingRow, 'lotId' | 'lotName' | 'address'>;

/** The digest of the places, independent of their order. An empty file has no places. */
export function digestOf(places: readonly Place[]): string {
  const rows = places
    .map(({ lotId, lotName, address }) => [lotId, lotName, address] as const)
    .toSorted(([a], [b]) => a - b);
  return createHash('sha256').update(JSON.stringify(rows)).digest('base64url');
}

/**
 * A text that changes with every booking and release of the driver, computed without reading all bookings:
 * the totals, and the newest and the active booking. A completed booking does not change, except for its
 * plate (see {@link isUnchanged}).
 */
export async function readBookingsState(database: Queryable, userId: number): Promise<string> {
  const rows = await database.sql<object[]>`
    SELECT (SELECT bookings FROM driver_totals WHERE user_id = ${userId}) AS bookings,
      (SELECT spent FROM driver_totals WHERE user_id = ${userId}) AS spent,
      (SELECT id FROM reservations WHERE user_id = ${userId} AND left_at IS NULL) AS active,
      newest.id, newest.updated_at AS "updatedAt"
    FROM (SELECT 1 AS one) AS always
    LEFT JOIN (
      SELECT id, updated_at FROM reservations
      WHERE user_id = ${userId} AND status IN ('active', 'completed')
      ORDER BY parked_at DESC, id DESC LIMIT 1) AS newest ON TRUE`;
  return JSON.stringify(rows);
}

/** Whether the stored data still equals the source, which an export at `since` stored as JSON. */
export async function isUnchanged(
  database: Queryable,
  userId: number,
  { source, since }: { readonly source: string; readonly since: Date },
): Promise<boolean> {
  const { bookings, lots, places } = JSON.parse(source) as ExportSource;
  if (bookings !== (await readBookingsState(database, userId))) return false;
  if (await hasCorrectedPlate(database, userId, since.getTime())) return false;
  return places === digestOf(lots.length === 0 ? [] : await readPlaces(database, lots));
}

/** Plates can be corrected until 24 hours after the end of a stay. */
async function hasCorrectedPlate(
  database: Queryable,
  userId: number,
  since: number,
): Promise<boolean> {
  const rows = await database.sql`
    SELECT id FROM reservations
    WHERE user_id = ${userId} AND left_at > ${since - DAY} AND status = 'completed'
      AND updated_at > ${since} LIMIT 1`;
  return rows.length > 0;
}

function readPlaces(database: Queryable, lots: readonly number[]): Promise<Place[]> {
  return database.sql<Place[]>`
    SELECT id AS "lotId", name AS "lotName", address FROM lots WHERE id IN (${list(lots)})`;
}

/** Collects the places of the bookings that are written to a file. */
export class WrittenPlaces {
  private readonly places = new Map<number, Place>();

  /** If a lot is renamed meanwhile, the file contains both names; the first one is stored. */
  add(bookings: readonly Place[]): void {
    for (const { lotId, lotName, address } of bookings) {
      if (!this.places.has(lotId)) this.places.set(lotId, { lotId, lotName, address });
    }
  }

  /** The source of the file, with the state of the bookings before the first one was read. */
  sourceOf(bookings: string): ExportSource {
    const places = [...this.places.values()];
    return { bookings, lots: places.map(({ lotId }) => lotId), places: digestOf(places) };
  }
}
