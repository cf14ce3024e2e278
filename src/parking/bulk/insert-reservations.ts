import type { EntityManager } from 'typeorm';
import { insertRows, type Value, withIds } from '../../common/database/insert-rows.js';

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

const COLUMNS = [
  'spot_id',
  'lot_id',
  'user_id',
  'parked_at',
  'left_at',
  'price_per_hour',
  'cost',
  'vehicle_number',
  'remarks',
  'created_at',
  'updated_at',
];

/**
 * Inserts bookings with all that goes with them: active ones occupy their spots, and every driver's
 * totals are counted on. The database refuses a second active booking of a spot or driver; that
 * past ones do not overlap is up to the caller.
 */
export async function insertReservations(
  tx: EntityManager,
  reservations: readonly ReservationRow[],
): Promise<void> {
  const ids = reservations.map(({ id }) => id);
  await insertRows(
    tx,
    withIds({ table: 'reservations', columns: COLUMNS, rows: reservations.map(valuesOf) }, ids),
  );
  for (const { spotId, leftAt } of reservations) {
    if (leftAt === null) await tx.sql`UPDATE spots SET status = 'O' WHERE id = ${spotId}`;
  }
  await addToTotals(tx, reservations);
}

/** In the order of the columns. */
function valuesOf(row: ReservationRow): readonly Value[] {
  return [
    row.spotId,
    row.lotId,
    row.userId,
    row.parkedAt,
    row.leftAt,
    row.pricePerHour,
    row.cost,
    row.vehicleNumber,
    row.remarks,
    row.createdAt,
    row.updatedAt,
  ];
}

async function addToTotals(
  tx: EntityManager,
  reservations: readonly ReservationRow[],
): Promise<void> {
  const totals = new Map<number, { bookings: number; spent: number }>();
  for (const { userId, cost } of reservations) {
    const total = totals.get(userId) ?? { bookings: 0, spent: 0 };
    total.bookings += 1;
    total.spent += cost ?? 0;
    totals.set(userId, total);
  }
  await insertRows(tx, {
    table: 'driver_totals',
    columns: ['user_id', 'bookings', 'spent'],
    rows: Array.from(totals, ([userId, { bookings, spent }]) => [userId, bookings, spent]),
    ending: `ON CONFLICT (user_id) DO UPDATE SET
      bookings = driver_totals.bookings + excluded.bookings,
      spent = driver_totals.spent + excluded.spent`,
  });
}
