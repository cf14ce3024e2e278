import type { Tx } from '../../platform/database/tx.js';
import { findFreeSpot, readLotClaims } from './claim-queries.js';
import { claimParked, refreshDueOf, replan } from './claim-writes.js';
import type { LotClaims, PlannedBooking, Window } from './lot-claims.js';
import { isFull, planSpots } from './plan.js';

interface Claimed {
  readonly lotId: number;
  /** In ms since 1970 UTC. */
  readonly now: number;
  /** Id of the booking that claims a spot; its stored claim does not count. */
  readonly id: number;
}

/**
 * Claims a spot of the locked lot for the window of a booking that is not checked in, and moves other
 * bookings if necessary. The row of the booking must have its window and no claim.
 * @returns false if the lot is full at some moment of the window; then nothing has changed
 */
export async function claimWindow(tx: Tx, claimed: Claimed, window: Window): Promise<boolean> {
  const { lotId, now, id } = claimed;
  const spot = await findFreeSpot(tx, { id: lotId, now, except: id }, window);
  if (spot) {
    if (spot.parkedUntil !== null) await claimParked(tx, lotId, now);
    await tx.sql`
      UPDATE reservations SET spot_id = ${spot.id}, claim_from = ${window.from},
        claim_until = ${window.until}, due_at = lapses_at
      WHERE id = ${id}`;
    if (spot.parkedUntil !== null) await refreshDueOf(tx, id);
    return true;
  }
  const claims = await readLotClaims(tx, lotId, now);
  const others = claims.bookings.filter((booking) => booking.id !== id);
  if (isFull({ ...claims, bookings: others }, window)) return false;
  await replan(tx, lotId, now);
  return true;
}

/**
 * The free spot with the lowest number that no booking claims until `until` (ms); if there is none, one
 * that is free after moving bookings. The lot must be locked, and the plan is stored.
 * @returns undefined if the lot is full at some moment before `until`
 */
export async function spotForWalkIn(
  tx: Tx,
  { lotId, now }: Omit<Claimed, 'id'>,
  until: number,
): Promise<number | undefined> {
  const window = { from: now, until };
  const free = await findFreeSpot(tx, { id: lotId, now, except: 0 }, window);
  if (free) return free.id;
  const claims = await readLotClaims(tx, lotId, now);
  if (isFull(claims, window)) return undefined;
  const claimed = new Set<number | null>([
    ...claims.parked.map(({ spotId }) => spotId),
    ...claims.bookings.filter(({ from }) => from < until).map(({ spotId }) => spotId),
  ]);
  const unclaimed = claims.spots.find((spot) => !claimed.has(spot));
  return unclaimed ?? planFor(claims, { id: 0, spotId: null, ...window });
}

/**
 * A free spot for the car of a booking, which parks now until the end of its window (ms), after moving
 * other bookings if necessary. The lot must be locked, and the plan is stored.
 * @returns undefined if no spot is free, or a booking that has a spot would lose it
 */
export async function spotForCheckIn(
  tx: Tx,
  { lotId, now, id }: Claimed,
  until: number,
): Promise<number | undefined> {
  const free = await unclaimedSpot(tx, { lotId, now, id }, { from: now, until });
  if (free) return free.id;
  const claims = await readLotClaims(tx, lotId, now);
  const own = claims.bookings.find((booking) => booking.id === id)?.spotId ?? null;
  const bookings = claims.bookings.filter((booking) => booking.id !== id);
  return planFor({ ...claims, bookings }, { id, spotId: own, from: now, until });
}

/** The spot of the added booking in a plan in which no other booking loses its spot. */
function planFor(claims: LotClaims, added: PlannedBooking): number | undefined {
  const claimed = claims.bookings.filter(({ spotId }) => spotId !== null);
  const plan = planSpots({ ...claims, bookings: [...claimed, added] });
  return [...plan.values()].includes(null) ? undefined : (plan.get(added.id) ?? undefined);
}

/**
 * The booking's own spot if it is free, or the one with the lowest number that no other booking claims
 * in the window; none while a booking is at risk.
 */
async function unclaimedSpot(tx: Tx, { lotId, now, id }: Claimed, window: Window) {
  const lot = { id: lotId, now, except: id };
  const [own] = await tx.sql<{ spotId: number }[]>`
    SELECT spot_id AS "spotId" FROM reservations WHERE id = ${id} AND claim_from IS NOT NULL`;
  const kept = own && (await findFreeSpot(tx, { ...lot, only: own.spotId }, window));
  return kept ?? (await findFreeSpot(tx, lot, window));
}

/** Whether the booking can keep a spot in the added time, after moving others if necessary. */
export async function hasRoomUntil(tx: Tx, claimed: Claimed, added: Window): Promise<boolean> {
  const { lotId, now, id } = claimed;
  const claims = await readLotClaims(tx, lotId, now, id);
  return !isFull(claims, added);
}
