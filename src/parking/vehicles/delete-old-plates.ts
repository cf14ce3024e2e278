import { erasePlates, withErasePermit } from '../../platform/audit/erase-audit.js';
import { BATCH_ROWS, inBatches } from '../../platform/database/bulk/in-batches.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { list, part } from '../../platform/database/sql/sql.js';
import type { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { HOUR } from '../../platform/time/durations.js';
import { hasOldEventPlate } from './plate-retention.js';

/**
 * Deletes the plates of bookings that ended at or before the instant (ms), and of events without a booking
 * that occurred at or before it. Audit entries about these bookings lose their plates too. Two instances can
 * run it at once.
 */
export async function deleteOldPlates(
  transactions: TransactionRunner,
  cutoff: number,
): Promise<void> {
  await inBatches(transactions, (tx) => deleteFromBookings(tx, cutoff));
  await inBatches(transactions, (tx) => deleteFromEvents(tx, cutoff));
}

async function deleteFromBookings(tx: Tx, cutoff: number): Promise<readonly unknown[]> {
  const bookings = await tx.sql<{ id: number }[]>`
    SELECT id FROM reservations
    WHERE vehicle_number IS NOT NULL AND left_at IS NOT NULL
      AND COALESCE(ended_at, left_at) <= ${cutoff}
    ORDER BY COALESCE(ended_at, left_at) LIMIT ${BATCH_ROWS}
    ${rowLock(tx, 'FOR UPDATE SKIP LOCKED')}`;
  if (bookings.length === 0) return [];
  const ids = bookings.map(({ id }) => id);
  await tx.sql`
    UPDATE reservations SET vehicle_number = NULL, plate_key = NULL WHERE id IN (${list(ids)})`;
  await tx.sql`
    UPDATE gate_events SET plate = NULL, plate_key = NULL
    WHERE booking_id IN (${list(ids)}) AND plate IS NOT NULL`;
  await withErasePermit(tx, () =>
    erasePlates(tx, part`target_type = 'reservation' AND target_id IN (${list(ids.map(String))})`),
  );
  return bookings;
}

/**
 * Includes events that arrived after the plate of their booking was deleted. The `at` of an event is
 * at most 15 minutes after the end of its booking.
 */
function deleteFromEvents(tx: Tx, cutoff: number): Promise<readonly unknown[]> {
  return tx.sql`
    UPDATE gate_events SET plate = NULL, plate_key = NULL WHERE id IN (
      SELECT id FROM gate_events e
      WHERE plate IS NOT NULL AND at <= ${cutoff + HOUR} AND ${hasOldEventPlate(cutoff)}
      ORDER BY at LIMIT ${BATCH_ROWS} ${rowLock(tx, 'FOR UPDATE SKIP LOCKED')})
    RETURNING id`;
}
