import type { Tx } from '../../../platform/database/tx.js';
import { replan, replanAfterEnd } from '../../claims/claim-writes.js';
import { addSpending } from '../driver-totals.js';
import { type AgreedWindow, type Agreements, noShowFee } from './fees.js';

/** The driver and the final status of a booking that time alone has ended. */
export interface Lapse {
  readonly userId: number;
  readonly status: 'expired' | 'no_show';
}

/** A booking that has lapsed. */
interface LapsedRow extends AgreedWindow {
  readonly id: number;
  readonly userId: number;
  readonly status: 'held' | 'reserved';
  /** Null if the booking is at risk until it lapses. */
  readonly claimFrom: number | null;
}

/**
 * Applies what is due in the lot until `now` (ms): holds expire, reservations become no-shows, and
 * bookings move away from cars that stay longer than their claims. Each due moment is processed as of that
 * moment, so the result does not depend on when this runs. The lot must be locked.
 * @returns the bookings that ended
 */
export async function settle(
  tx: Tx,
  lotId: number,
  { now, agreements }: { readonly now: number; readonly agreements: Agreements },
): Promise<readonly Lapse[]> {
  const lapses: Lapse[] = [];
  for (let last = Number.NEGATIVE_INFINITY; ;) {
    // Uses the index of due bookings of all lots, because few bookings are due, but a lot may have
    // many bookings.
    const [next] = await tx.sql<{ moment: number }[]>`
      SELECT due_at AS moment FROM reservations
      WHERE due_at <= ${now} AND lot_id = ${lotId} ORDER BY due_at LIMIT 1`;
    if (!next) return lapses;
    const { moment } = next;
    if (moment <= last) throw new Error(`A booking of lot ${lotId} stays due at ${moment}`);
    last = moment;
    const lapsed = await lapsedAt(tx, lotId, moment);
    // Holds expire first, so that they claim no spot when bookings move away from a car that stays.
    for (const row of lapsed.filter(isHold)) {
      lapses.push(await lapse(tx, row, { moment, fee: 0 }));
    }
    // A car that stays may put at risk a booking that becomes a no-show at this moment. Such a no-show
    // costs no fee.
    const isReplanned = await hasOverstay(tx, lotId, moment);
    const plan = isReplanned ? (await replan(tx, lotId, moment)).plan : undefined;
    for (const row of lapsed.filter((each) => !isHold(each))) {
      const isAtRisk = row.claimFrom === null || plan?.get(row.id) === null;
      const fee = isAtRisk ? 0 : await noShowFee(tx, agreements, row);
      lapses.push(await lapse(tx, row, { moment, fee }));
    }
    await replanAfterEnd(tx, lotId, moment);
  }
}

/** Whether the stored claim of a parked car has ended. */
async function hasOverstay(tx: Tx, lotId: number, moment: number): Promise<boolean> {
  const rows = await tx.sql`
    SELECT 1 FROM reservations
    WHERE lot_id = ${lotId} AND left_at IS NULL AND claim_until <= ${moment} LIMIT 1`;
  return rows.length > 0;
}

function lapsedAt(tx: Tx, lotId: number, moment: number): Promise<LapsedRow[]> {
  return tx.sql<LapsedRow[]>`
    SELECT r.id, r.user_id AS "userId", r.status, r.claim_from AS "claimFrom",
      r.reserved_from AS "reservedFrom", r.reserved_until AS "reservedUntil",
      r.policy_id AS "policyId", r.price_per_hour AS "pricePerHour", r.tariff_id AS "tariffId",
      lots.time_zone AS "lotTimeZone"
    FROM reservations r JOIN lots ON lots.id = r.lot_id
    WHERE r.lot_id = ${lotId} AND r.status IN ('held', 'reserved') AND r.lapses_at <= ${moment}`;
}

function isHold({ status }: LapsedRow): boolean {
  return status === 'held';
}

async function lapse(
  tx: Tx,
  row: LapsedRow,
  { moment, fee }: { readonly moment: number; readonly fee: number },
): Promise<Lapse> {
  const status = isHold(row) ? 'expired' : 'no_show';
  await tx.sql`
    UPDATE reservations
    SET status = ${status}, cost = ${fee},
      ended_at = ${moment}, updated_at = ${moment},
      claim_from = NULL, claim_until = NULL, due_at = NULL
    WHERE id = ${row.id}`;
  if (fee > 0) await addSpending(tx, row.userId, fee);
  return { userId: row.userId, status };
}
