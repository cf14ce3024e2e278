import type { Queryable } from '../../../platform/database/queryable.js';
import { type BookingState, windowOf } from './ahead-queries.js';
import { type Agreements, freeUntil, lateCancelFee } from './fees.js';

export interface Cancellation {
  /** In minor units. */
  readonly fee: number;
  /** In ms since 1970 UTC; null if cancelling is free at any time. */
  readonly freeUntil: number | null;
}

/**
 * What cancelling a hold or a reservation costs at the instant (ms). Cancelling a hold is free, and so is
 * cancelling a booking at risk, because no spot is claimed for it.
 */
export async function cancellationOf(
  source: Queryable,
  agreements: Agreements,
  booking: BookingState,
  now: number,
): Promise<Cancellation> {
  if (booking.status === 'held' || booking.claimFrom === null) return { fee: 0, freeUntil: null };
  const window = windowOf(booking);
  const policy = await agreements.policies.find(source, booking.policyId);
  const limit = freeUntil(policy, window.reservedFrom);
  const isLate = now >= limit;
  const fee = isLate ? await lateCancelFee(source, agreements, { ...booking, ...window }) : 0;
  return { fee, freeUntil: limit };
}
