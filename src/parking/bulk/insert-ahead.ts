import type { Tx } from '../../platform/database/tx.js';
import { insertRows } from '../../platform/database/bulk/insert-rows.js';
import { addToTotals } from './insert-reservations.js';
import { plateKeyOf } from '../vehicles/plate.js';

/** A row of a booking ahead that is not checked in, by the default policy: instants in ms, money in minor units. */
export interface AheadRow {
  readonly spotId: number;
  readonly lotId: number;
  readonly userId: number;
  readonly status: 'held' | 'reserved' | 'cancelled' | 'expired' | 'no_show';
  readonly from: number;
  readonly until: number;
  readonly holdExpiresAt: number | null;
  /** When the booking expires or becomes a no-show, unless it ends earlier. */
  readonly lapsesAt: number;
  /** Null while the booking is live and claims its spot. */
  readonly endedAt: number | null;
  readonly pricePerHour: number;
  /** The version of the tariff; null for the hourly price. */
  readonly tariffId: number | null;
  /** The fee for a late cancellation or a no-show; 0 if there is none. */
  readonly cost: number;
  readonly vehicleNumber: string | null;
  readonly createdAt: number;
}

const isLive = ({ endedAt }: AheadRow) => endedAt === null;

/**
 * Inserts bookings ahead, and adds their fees to the drivers' totals. The database refuses claims that
 * overlap; the caller ensures that no parked car claims the spots.
 */
export async function insertAhead(tx: Tx, rows: readonly AheadRow[]): Promise<void> {
  await insertRows(tx, {
    table: 'reservations',
    rows,
    columns: {
      spot_id: (row) => row.spotId,
      lot_id: (row) => row.lotId,
      user_id: (row) => row.userId,
      status: (row) => row.status,
      parked_at: (row) => row.from,
      left_at: (row) => row.until,
      reserved_from: (row) => row.from,
      reserved_until: (row) => row.until,
      hold_expires_at: (row) => row.holdExpiresAt,
      lapses_at: (row) => row.lapsesAt,
      due_at: (row) => (isLive(row) ? row.lapsesAt : null),
      claim_from: (row) => (isLive(row) ? row.from : null),
      claim_until: (row) => (isLive(row) ? row.until : null),
      ended_at: (row) => row.endedAt,
      price_per_hour: (row) => row.pricePerHour,
      tariff_id: (row) => row.tariffId,
      cost: (row) => row.cost,
      vehicle_number: (row) => row.vehicleNumber,
      plate_key: (row) => plateKeyOf(row.vehicleNumber),
      created_at: (row) => row.createdAt,
      updated_at: (row) => row.endedAt ?? row.createdAt,
    },
  });
  const charged = rows.filter(({ cost }) => cost > 0);
  await addToTotals(tx, charged, 0);
}
