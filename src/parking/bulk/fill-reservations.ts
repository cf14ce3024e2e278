import type { Tx } from '../../platform/database/tx.js';
import { copyKeyedRows, type Keyed } from '../../platform/database/bulk/copy-rows.js';
import { INTO_RESERVATIONS, type ReservationRow } from './insert-reservations.js';
import { withDeferredChecks } from './deferred-checks.js';

/**
 * Inserts reservations with the given ids into a database that has none, marks the spots of the active ones
 * as occupied, and stores the totals of each driver who has a reservation. Run it in a transaction
 * without concurrent writers. The database refuses a second active reservation of a spot or driver,
 * and a reservation whose spot, lot or driver is missing.
 */
export async function fillReservations(
  tx: Tx,
  rows: Iterable<Keyed<ReservationRow>>,
): Promise<void> {
  await withDeferredChecks(tx, () => copyKeyedRows(tx, { ...INTO_RESERVATIONS, rows }));
  // One statement for all drivers, because one per reservation would update each total many times.
  await tx.sql`
    INSERT INTO driver_totals (user_id, bookings, spent)
    SELECT user_id, COUNT(*), COALESCE(SUM(cost), 0) FROM reservations GROUP BY user_id`;
  await tx.sql`
    UPDATE spots SET status = 'O'
    WHERE id IN (SELECT spot_id FROM reservations WHERE left_at IS NULL)`;
}
