import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
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
    for (const booking of bookings) {
      const { userId, lotId, leftAt, spot = 1, vehicleNumber = null, remarks = null } = booking;
      const parkedAt = Date.parse(booking.parkedAt);
      const left = leftAt === undefined ? null : Date.parse(leftAt);
      const cost = left === null ? null : (booking.cost ?? 0);
      await tx.sql`
        INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at,
          price_per_hour, cost, vehicle_number, remarks, created_at, updated_at)
        VALUES ((SELECT id FROM spots WHERE lot_id = ${lotId} AND number = ${spot}), ${lotId},
          ${userId}, ${left === null ? 'active' : 'completed'}, ${parkedAt}, ${left}, 1000, ${cost}, ${vehicleNumber}, ${remarks},
          ${parkedAt}, ${parkedAt})`;
    }
  });
}
