import type { Tx } from '../../platform/database/tx.js';

/** Counts a booking that begins, in the transaction that makes it. */
export async function addBooking(tx: Tx, userId: number): Promise<void> {
  await tx.sql`
    INSERT INTO driver_totals (user_id, bookings, spent) VALUES (${userId}, 1, 0)
    ON CONFLICT (user_id) DO UPDATE SET bookings = driver_totals.bookings + 1`;
}

/** Adds what a booking has cost, in minor units, in the transaction that ends it. */
export async function addSpending(tx: Tx, userId: number, cost: number): Promise<void> {
  await tx.sql`UPDATE driver_totals SET spent = spent + ${cost} WHERE user_id = ${userId}`;
}
