import { plateKeysOf } from '../vehicles/plate-locks.js';
import type { Tx } from '../../platform/database/tx.js';
import { LiveBooking } from './errors.js';

/** @throws LiveBooking if the driver, who must be locked, has a booking that is not over */
export async function assertNoLiveBooking(tx: Tx, userId: number): Promise<void> {
  const [live] = await tx.sql<{ id: number }[]>`
    SELECT id FROM reservations WHERE user_id = ${userId} AND status IN ('held', 'reserved')
    UNION ALL
    SELECT id FROM reservations WHERE user_id = ${userId} AND left_at IS NULL
    LIMIT 1`;
  if (live) throw new LiveBooking(live.id);
}

/** Events of gates that operators opened for the driver's plates. */
export function manualOpeningsFor(
  tx: Tx,
  userId: number,
): Promise<{ readonly id: number; readonly gateId: number }[]> {
  return tx.sql`
    SELECT id, gate_id AS "gateId" FROM gate_events
    WHERE reason = 'BY_HAND' AND plate_key IN ${plateKeysOf(userId)}`;
}

/**
 * Erases the driver's vehicles, the plates and remarks of their bookings, and the plates and notes of
 * events at gates. The bookings themselves stay, so that no sum changes.
 */
export async function eraseBookings(tx: Tx, userId: number): Promise<void> {
  await tx.sql`
    UPDATE gate_events SET plate = NULL, plate_key = NULL,
      note = CASE WHEN note IS NULL THEN NULL ELSE '' END
    WHERE booking_id IN (SELECT id FROM reservations WHERE user_id = ${userId})
      OR (booking_id IS NULL AND plate_key IN ${plateKeysOf(userId)})`;
  await tx.sql`DELETE FROM vehicles WHERE user_id = ${userId}`;
  await tx.sql`
    UPDATE reservations SET vehicle_number = NULL, plate_key = NULL, remarks = NULL
    WHERE user_id = ${userId}
      AND (vehicle_number IS NOT NULL OR plate_key IS NOT NULL OR remarks IS NOT NULL)`;
}
