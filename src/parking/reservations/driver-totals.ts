import type { Tx } from '../../platform/database/tx.js';

/** Counts a new reservation, in the transaction that creates it. */
export async function addBooking(tx: Tx, userId: number): Promise<void> {
  await tx.sql`
    INSERT INTO driver_totals (user_id, bookings, spent) VALUES (${userId}, 1, 0)
    ON CONFLICT (user_id) DO UPDATE SET bookings = driver_totals.bookings + 1`;
}

/** Adds the cost of a reservation in minor units, in the transaction that ends it. */
export async function addSpending(tx: Tx, userId: number, cost: number): Promise<void> {
  await tx.sql`UPDATE driver_totals SET spent = spent + ${cost} WHERE user_id = ${userId}`;
}
