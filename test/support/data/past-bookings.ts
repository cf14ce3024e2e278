import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { insertRows } from '../../../src/platform/database/bulk/insert-rows.js';
import type { TestApp } from '../app/test-app.js';

export interface PastBooking {
  readonly userId: number;
  readonly lotId: number;
  readonly parkedAt: string;
  /** Omitted for an active booking. */
  readonly leftAt?: string;
  /** In minor units. */
  readonly cost?: number;
  readonly spot?: number;
  readonly vehicleNumber?: string;
  readonly remarks?: string;
}

/** Inserts past bookings, by default on the lot's first spot. */
export async function recordBookings({ app }: TestApp, bookings: readonly PastBooking[]) {
  await app.get(TransactionRunner).run(async (tx) => {
    const spots = await tx.sql<{ id: number; lotId: number; number: number }[]>`
      SELECT id, lot_id AS "lotId", number FROM spots`;
    const ids = new Map(spots.map(({ id, lotId, number }) => [`${lotId} ${number}`, id]));
    await insertRows(tx, {
      table: 'reservations',
      rows: bookings,
      columns: {
        spot_id: ({ lotId, spot = 1 }) => ids.get(`${lotId} ${spot}`) ?? null,
        lot_id: ({ lotId }) => lotId,
        user_id: ({ userId }) => userId,
        status: ({ leftAt }) => (leftAt === undefined ? 'active' : 'completed'),
        parked_at: ({ parkedAt }) => Date.parse(parkedAt),
        left_at: ({ leftAt }) => (leftAt === undefined ? null : Date.parse(leftAt)),
        price_per_hour: () => 1000,
        cost: ({ leftAt, cost = 0 }) => (leftAt === undefined ? null : cost),
        vehicle_number: ({ vehicleNumber = null }) => vehicleNumber,
        remarks: ({ remarks = null }) => remarks,
        created_at: ({ parkedAt }) => Date.parse(parkedAt),
        updated_at: ({ parkedAt }) => Date.parse(parkedAt),
      },
    });
  });
}
