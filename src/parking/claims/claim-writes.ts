import { Logger } from '@nestjs/common';
import { chunk } from '../../platform/database/bulk/chunk.js';
import type { Tx } from '../../platform/database/tx.js';
import { list, part } from '../../platform/database/sql/sql.js';
import { WALK_IN_TIME } from '../lots/lot-queries.js';
import { hasBookingsAtRisk, parkedUntil, readLotClaims } from './claim-queries.js';
import type { LotClaims } from './lot-claims.js';
import { planSpots } from './plan.js';

const logger = new Logger('Bookings');

/** SQLite allows 32,766 parameters, and each different number of moves needs a prepared statement. */
const MOVES_PER_STATEMENT = 100;

/** The result of planning a lot again. */
export interface Replanned {
  readonly claims: LotClaims;
  /** The spot of each booking by its id; null for those at risk. */
  readonly plan: ReadonlyMap<number, number | null>;
}

/**
 * Plans the lot as of `now` (ms) and stores the spots and claims that change. The lot must be locked.
 * Bookings that get no spot are at risk: they claim none.
 */
export async function replan(tx: Tx, lotId: number, now: number): Promise<Replanned> {
  const claims = await readLotClaims(tx, lotId, now);
  const plan = planSpots(claims);
  const moved = claims.bookings.filter(({ id, spotId }) => plan.get(id) !== spotId);
  // Remove the claims first, so that no two overlap between the statements.
  for (const some of chunk(moved, MOVES_PER_STATEMENT)) {
    await tx.sql`
      UPDATE reservations SET claim_from = NULL, claim_until = NULL
      WHERE id IN (${list(some.map(({ id }) => id))})`;
  }
  await claimParked(tx, lotId, now);
  warnOfRisk(
    tx,
    lotId,
    moved.filter(({ id, spotId }) => spotId !== null && plan.get(id) === null),
  );
  const moves = moved.flatMap(({ id }) => {
    const spot = plan.get(id) ?? null;
    return spot === null ? [] : [part`(CAST(${id} AS bigint), CAST(${spot} AS bigint))`];
  });
  for (const some of chunk(moves, MOVES_PER_STATEMENT)) {
    const rows = some.reduce((all, row) => part`${all}, ${row}`);
    await tx.sql`
      WITH move (id, spot_id) AS (VALUES ${rows})
      UPDATE reservations
      SET spot_id = move.spot_id, claim_from = reserved_from, claim_until = reserved_until
      FROM move WHERE reservations.id = move.id`;
  }
  await refreshDue(tx, lotId);
  return { claims, plan };
}

/** Logs the bookings, so that operators can call their drivers, who may find no spot. */
function warnOfRisk(tx: Tx, lotId: number, bookings: readonly { readonly id: number }[]): void {
  if (bookings.length === 0) return;
  const ids = bookings.map(({ id }) => id).join(', ');
  tx.afterCommit(() =>
    logger.warn(`bookings at risk in lot ${lotId}, because cars have stayed longer: ${ids}`),
  );
}

/**
 * After a claim has ended, plans the lot again if a booking is at risk. If none is, all bookings
 * keep their spots. The lot must be locked. `now` in ms.
 */
export async function replanAfterEnd(tx: Tx, lotId: number, now: number): Promise<void> {
  if (await hasBookingsAtRisk(tx, lotId)) await replan(tx, lotId, now);
  else await refreshDue(tx, lotId);
}

/**
 * Stores the claims of the lot's parked cars as of `now`, so that the database refuses other claims on
 * their spots. A stay can begin after `now` if the clock was set back; its claim then begins at `now`.
 */
export async function claimParked(tx: Tx, lotId: number, now: number): Promise<void> {
  await tx.sql`
    UPDATE reservations
    SET claim_from = CASE WHEN parked_at < ${now} THEN parked_at ELSE ${now} END, claim_until = (
      SELECT ${parkedUntil(now)} FROM reservations r LEFT JOIN policies ON policies.id = r.policy_id
      WHERE r.id = reservations.id)
    WHERE lot_id = ${lotId} AND left_at IS NULL AND (claim_until IS NULL OR claim_until <= ${now})`;
}

/**
 * The instant at which a car that stays on the spot of a booking blocks the booking: the last end of the
 * car's claim before the window, because the claim is extended by `walk_in_minutes` at a time. SQL for a
 * row of `reservations`; null if no car is on the spot.
 */
const BLOCKED_AT = part`(
  SELECT car.claim_until + CASE WHEN reservations.reserved_from > car.claim_until
    THEN (reservations.reserved_from - car.claim_until) / (${WALK_IN_TIME}) * (${WALK_IN_TIME})
    ELSE 0 END
  FROM reservations car LEFT JOIN policies ON policies.id = car.policy_id
  WHERE car.spot_id = reservations.spot_id AND car.left_at IS NULL
    AND reservations.claim_from IS NOT NULL)`;

/** When time alone next changes a booking: it lapses, or needs another spot. In SQL. */
const DUE = part`CASE WHEN ${BLOCKED_AT} < lapses_at THEN ${BLOCKED_AT} ELSE lapses_at END`;

/** Stores when time alone next changes each booking of the lot. */
export async function refreshDue(tx: Tx, lotId: number): Promise<void> {
  await tx.sql`
    UPDATE reservations SET due_at = ${DUE}
    WHERE lot_id = ${lotId} AND status IN ('held', 'reserved') AND due_at <> ${DUE}`;
}

/** Stores when time alone next changes the booking, whose spot and claim are stored. */
export async function refreshDueOf(tx: Tx, id: number): Promise<void> {
  await tx.sql`UPDATE reservations SET due_at = ${DUE} WHERE id = ${id}`;
}

/** Removes the claims of bookings on retired spots. The caller plans the lot again. */
export async function removeRetiredClaims(tx: Tx, lotId: number): Promise<void> {
  await tx.sql`
    UPDATE reservations SET claim_from = NULL, claim_until = NULL
    WHERE lot_id = ${lotId} AND status IN ('held', 'reserved')
      AND spot_id IN (
        SELECT id FROM spots WHERE lot_id = ${lotId} AND retired_at IS NOT NULL)`;
}
