import type { Tx } from '../../platform/database/tx.js';

/** Counts a new reservation, in the transaction that creates it. */
export async function addBooking(tx: Tx, userId: number): Promise<void> {
  await tx.sql`
    INSERT INTO driver_totals (user_id, bookings, spent) VALUES (${userId}, 1, 0)
    ON CONFLICT (user_id) DO UPDATE SET bookings = driver_totals.bookings + 1`;
}

/**
 * Adds a cost or a fee in minor units, in the transaction that charges it. A driver may pay a fee
 * before the first stay.
 */
export async function addSpending(tx: Tx, userId: number, cost: number): Promise<void> {
  await tx.sql`
    INSERT INTO driver_totals (user_id, bookings, spent) VALUES (${userId}, 0, ${cost})
    ON CONFLICT (user_id) DO UPDATE SET spent = driver_totals.spent + excluded.spent`;
}

/** Subtracts a fee in minor units, in the transaction that cancels it. */
export async function subtractSpending(tx: Tx, userId: number, fee: number): Promise<void> {
  await tx.sql`UPDATE driver_totals SET spent = spent - ${fee} WHERE user_id = ${userId}`;
}
