import type { Tx } from '../../../platform/database/tx.js';
import { parkedUntil } from '../../claims/claim-queries.js';
import type { Window } from '../../claims/lot-claims.js';
import { BookingOverlaps } from '../errors.js';
import type { BookingStatus } from '../states.js';
import { lockDriver } from '../../locked-driver.js';

interface OtherBooking {
  readonly id: number;
  readonly status: BookingStatus;
}

interface Driver {
  readonly id: number;
  /** In ms since 1970 UTC. */
  readonly now: number;
  /** The id of the booking that is changed, which does not count. */
  readonly except?: number;
}

/**
 * Checks that the driver has no other live booking in the window, and locks the driver until the unit
 * ends, so that no concurrent request books another one.
 * @throws BookingOverlaps | DriverErased
 */
export async function assertNoOverlap(tx: Tx, driver: Driver, window: Window): Promise<void> {
  await lockDriver(tx, driver.id);
  const other = await findOverlap(tx, driver, window);
  if (other) throw new BookingOverlaps(other);
}

/** Another live booking of the driver in the window. A parked car counts until its claim ends. */
export async function findOverlap(
  tx: Tx,
  { id: userId, now, except = 0 }: Driver,
  { from, until }: Window,
): Promise<OtherBooking | undefined> {
  const [other] = await tx.sql<OtherBooking[]>`
    SELECT id, status FROM reservations
    WHERE user_id = ${userId} AND status IN ('held', 'reserved') AND id <> ${except}
      AND lapses_at > ${now} AND reserved_from < ${until} AND reserved_until > ${from}
    UNION ALL
    SELECT r.id, r.status FROM reservations r LEFT JOIN policies ON policies.id = r.policy_id
    WHERE r.user_id = ${userId} AND r.left_at IS NULL AND r.id <> ${except}
      AND r.parked_at < ${until} AND ${parkedUntil(now)} > ${from}
    LIMIT 1`;
  return other;
}
