import type { Tx } from '../../../platform/database/tx.js';
import { rowLock } from '../../../platform/database/locks/row-lock.js';
import { joinCurrentTariff } from '../../lots/lot-queries.js';
import { BookingNotFound } from '../errors.js';
import { LotNotFound } from '../../errors.js';
import type { BookingStatus } from '../states.js';
import type { AgreedWindow } from './fees.js';

/** A booking with what its transitions depend on. Instants in ms. */
export interface BookingState extends Omit<AgreedWindow, 'reservedFrom' | 'reservedUntil'> {
  readonly id: number;
  readonly userId: number;
  readonly lotId: number;
  readonly spotId: number;
  readonly status: BookingStatus;
  readonly parkedAt: number;
  readonly leftAt: number | null;
  readonly reservedFrom: number | null;
  readonly reservedUntil: number | null;
  readonly holdExpiresAt: number | null;
  /** Null if the booking claims no spot: it is at risk, parked in a lot without bookings ahead, or over. */
  readonly claimFrom: number | null;
}

/** The terms of a lot that a new booking keeps. */
export interface LotTerms {
  readonly pricePerHour: number;
  readonly tariffId: number | null;
  readonly policyId: number | null;
  readonly timeZone: string | null;
}

/**
 * Locks the lot until the unit ends, so that it is planned by one unit at a time.
 * @returns false if it does not exist or is retired; a retired lot is locked as well
 */
export async function lockLot(tx: Tx, lotId: number): Promise<boolean> {
  const [lot] = await tx.sql<{ retiredAt: number | null }[]>`
    SELECT retired_at AS "retiredAt" FROM lots WHERE id = ${lotId} ${rowLock(tx, 'FOR UPDATE')}`;
  return lot?.retiredAt === null;
}

/** The terms for a booking that is made in the lot at the instant (ms). The lot must be locked. */
export async function readTerms(tx: Tx, lotId: number, now: number): Promise<LotTerms> {
  const [lot] = await tx.sql<LotTerms[]>`
    SELECT COALESCE(tariff.price_per_hour, lots.price_per_hour) AS "pricePerHour",
      tariff.id AS "tariffId", policy_id AS "policyId", lots.time_zone AS "timeZone"
    FROM lots ${joinCurrentTariff(now)} WHERE lots.id = ${lotId}`;
  if (!lot) throw new LotNotFound(lotId);
  return lot;
}

/** The lot of the driver's booking. @throws BookingNotFound */
export async function lotOfBooking(tx: Tx, userId: number, id: number): Promise<number> {
  const [row] = await tx.sql<{ lotId: number }[]>`
    SELECT lot_id AS "lotId" FROM reservations WHERE id = ${id} AND user_id = ${userId}`;
  if (!row) throw new BookingNotFound(id);
  return row.lotId;
}

/** The booking, whose lot must be locked. @throws BookingNotFound */
export async function readState(tx: Tx, id: number): Promise<BookingState> {
  const [row] = await tx.sql<BookingState[]>`
    SELECT r.id, r.user_id AS "userId", r.lot_id AS "lotId", r.spot_id AS "spotId", r.status,
      r.parked_at AS "parkedAt", r.left_at AS "leftAt", r.reserved_from AS "reservedFrom",
      r.reserved_until AS "reservedUntil", r.hold_expires_at AS "holdExpiresAt",
      r.claim_from AS "claimFrom", r.policy_id AS "policyId", r.price_per_hour AS "pricePerHour",
      r.tariff_id AS "tariffId", lots.time_zone AS "lotTimeZone"
    FROM reservations r JOIN lots ON lots.id = r.lot_id WHERE r.id = ${id}`;
  if (!row) throw new BookingNotFound(id);
  return row;
}

/** The window of a booking ahead. */
export function windowOf({ id, reservedFrom, reservedUntil }: BookingState): {
  readonly reservedFrom: number;
  readonly reservedUntil: number;
} {
  if (reservedFrom === null || reservedUntil === null)
    throw new Error(`Booking ${id} has no window`);
  return { reservedFrom, reservedUntil };
}

/** The fee of a booking that is over, in minor units. */
export async function feeOf(tx: Tx, id: number): Promise<number> {
  const [row] = await tx.sql<{ cost: number }[]>`SELECT cost FROM reservations WHERE id = ${id}`;
  if (!row) throw new BookingNotFound(id);
  return row.cost;
}
