import type { Tx } from '../../platform/database/tx.js';

/** Bookings of the lot have changed in hours that were summed; `since` is the earliest change, in ms. */
export interface LateChange {
  readonly lotId: number;
  readonly since: number;
}

/** Maximum number of lots whose hours one transaction sums again. */
const BATCH = 20;

/** Deletes and returns the late changes of some lots. Later reads of the unit return the changed bookings. */
export function takeLateChanges(tx: Tx): Promise<LateChange[]> {
  return tx.sql<LateChange[]>`
    DELETE FROM late_changes
    WHERE lot_id IN (SELECT lot_id FROM late_changes ORDER BY lot_id LIMIT ${BATCH})
    RETURNING lot_id AS "lotId", since`;
}
