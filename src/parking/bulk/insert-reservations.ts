import type { Tx } from '../../platform/database/tx.js';
import { copyRows } from '../../platform/database/bulk/copy-rows.js';
import { insertRows } from '../../platform/database/bulk/insert-rows.js';
import { plateKeyOf } from '../vehicles/plate.js';

/** A row of a reservation: instants in ms, money in minor units. */
export interface ReservationRow {
  readonly spotId: number;
  readonly lotId: number;
  readonly userId: number;
  readonly parkedAt: number;
  /** Null while active. */
  readonly leftAt: number | null;
  readonly pricePerHour: number;
  /** The version of the tariff; omitted for the hourly price. */
  readonly tariffId?: number | null;
  /** Null while active. */
  readonly cost: number | null;
  readonly vehicleNumber: string | null;
  readonly remarks: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const INTO_RESERVATIONS = {
  table: 'reservations',
  columns: {
    spot_id: (row: ReservationRow) => row.spotId,
    lot_id: (row: ReservationRow) => row.lotId,
    user_id: (row: ReservationRow) => row.userId,
    status: (row: ReservationRow) => (row.leftAt === null ? 'active' : 'completed'),
    parked_at: (row: ReservationRow) => row.parkedAt,
    left_at: (row: ReservationRow) => row.leftAt,
    price_per_hour: (row: ReservationRow) => row.pricePerHour,
    tariff_id: (row: ReservationRow) => row.tariffId ?? null,
    cost: (row: ReservationRow) => row.cost,
    vehicle_number: (row: ReservationRow) => row.vehicleNumber,
    plate_key: (row: ReservationRow) => plateKeyOf(row.vehicleNumber),
    remarks: (row: ReservationRow) => row.remarks,
    created_at: (row: ReservationRow) => row.createdAt,
    updated_at: (row: ReservationRow) => row.updatedAt,
  },
};

/**
 * Inserts reservations and everything that depends on them: active ones occupy their spots, and the
 * drivers' totals are updated. The database refuses a second active reservation of a spot or
 * driver; the caller ensures that past ones do not overlap.
 */
export async function insertReservations(tx: Tx, rows: readonly ReservationRow[]): Promise<void> {
  await copyRows(tx, { ...INTO_RESERVATIONS, rows });
  for (const { spotId, leftAt } of rows) {
    if (leftAt === null) await tx.sql`UPDATE spots SET status = 'O' WHERE id = ${spotId}`;
  }
  await addToTotals(tx, rows, 1);
}

/** @param count how much each row adds to its driver's number of bookings */
export async function addToTotals(
  tx: Tx,
  rows: readonly Pick<ReservationRow, 'userId' | 'cost'>[],
  count: 0 | 1,
): Promise<void> {
  const totals = new Map<number, { bookings: number; spent: number }>();
  for (const { userId, cost } of rows) {
    const total = totals.get(userId) ?? { bookings: 0, spent: 0 };
    total.bookings += count;
    total.spent += cost ?? 0;
    totals.set(userId, total);
  }
  await insertRows(tx, {
    table: 'driver_totals',
    rows: [...totals],
    columns: {
      user_id: ([userId]) => userId,
      bookings: ([, { bookings }]) => bookings,
      spent: ([, { spent }]) => spent,
    },
    ending: `ON CONFLICT (user_id) DO UPDATE SET
      bookings = driver_totals.bookings + excluded.bookings,
      spent = driver_totals.spent + excluded.spent`,
  });
}
