import type { EntityManager } from 'typeorm';
import { insertKeyedRows, insertRows } from '../../common/database/insert-rows.js';

/** A booking as its row: instants in ms, money in minor units. */
export interface ReservationRow {
  /** Kept where given; generated where left out (in all rows of a call, or in none). */
  readonly id?: number;
  readonly spotId: number;
  readonly lotId: number;
  readonly userId: number;
  readonly parkedAt: number;
  /** Null while active. */
  readonly leftAt: number | null;
  readonly pricePerHour: number;
  /** Null while active. */
  readonly cost: number | null;
  readonly vehicleNumber: string | null;
  readonly remarks: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * Inserts bookings with all that goes with them: active ones occupy their spots, and every driver's
 * totals are counted on. The database refuses a second active booking of a spot or driver; that
 * past ones do not overlap is up to the caller.
 */
export async function insertReservations(
  tx: EntityManager,
  rows: readonly ReservationRow[],
): Promise<void> {
  await insertKeyedRows(tx, {
    table: 'reservations',
    rows,
    columns: {
      spot_id: (row) => row.spotId,
      lot_id: (row) => row.lotId,
      user_id: (row) => row.userId,
      parked_at: (row) => row.parkedAt,
      left_at: (row) => row.leftAt,
      price_per_hour: (row) => row.pricePerHour,
      cost: (row) => row.cost,
      vehicle_number: (row) => row.vehicleNumber,
      remarks: (row) => row.remarks,
      created_at: (row) => row.createdAt,
      updated_at: (row) => row.updatedAt,
    },
  });
  for (const { spotId, leftAt } of rows) {
    if (leftAt === null) await tx.sql`UPDATE spots SET status = 'O' WHERE id = ${spotId}`;
  }
  await addToTotals(tx, rows);
}

async function addToTotals(tx: EntityManager, rows: readonly ReservationRow[]): Promise<void> {
  const totals = new Map<number, { bookings: number; spent: number }>();
  for (const { userId, cost } of rows) {
    const total = totals.get(userId) ?? { bookings: 0, spent: 0 };
    total.bookings += 1;
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
