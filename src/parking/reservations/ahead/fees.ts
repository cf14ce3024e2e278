import type { Queryable } from '../../../platform/database/queryable.js';
import { MINUTE } from '../../../platform/time/durations.js';
import type { Window } from '../../claims/lot-claims.js';
import type { AgreedPolicies } from '../../policies/agreed-policies.js';
import type { Policy } from '../../policies/policy.js';
import type { Agreement, AgreedTariffs } from '../../tariffs/versions/agreed-tariffs.js';
import { charge } from '../../tariffs/evaluation/charge.js';

/** The services that find the tariff and the policy agreed for a booking. */
export interface Agreements {
  readonly tariffs: AgreedTariffs;
  readonly policies: AgreedPolicies;
}

/** What the price of a booking ahead depends on. Instants in ms. */
export interface AgreedWindow extends Agreement {
  readonly reservedFrom: number;
  readonly reservedUntil: number;
  /** Null for the default policy. */
  readonly policyId: number | null;
}

/** The price of the window in minor units. */
export async function windowPrice(
  source: Queryable,
  { tariffs }: Agreements,
  booking: AgreedWindow,
): Promise<number> {
  const { tariff, timeZone } = await tariffs.ofBooking(source, booking);
  const { reservedFrom: from, reservedUntil: until } = booking;
  return charge(tariff, { from, until, timeZone }).total;
}

/** The fee if the driver does not come, in minor units. */
export async function noShowFee(
  source: Queryable,
  agreements: Agreements,
  booking: AgreedWindow,
): Promise<number> {
  const policy = await agreements.policies.find(source, booking.policyId);
  const price = await windowPrice(source, agreements, booking);
  return percentOf(price, policy.no_show_fee_percent);
}

/** The fee for cancelling after `freeUntil`, in minor units. */
export async function lateCancelFee(
  source: Queryable,
  agreements: Agreements,
  booking: AgreedWindow,
): Promise<number> {
  const policy = await agreements.policies.find(source, booking.policyId);
  const price = await windowPrice(source, agreements, booking);
  return percentOf(price, policy.late_cancel_fee_percent);
}

/** The instant (ms) at which cancelling is no longer free. */
export function freeUntil(policy: Policy, reservedFrom: number): number {
  return reservedFrom - policy.free_cancel_minutes * MINUTE;
}

/**
 * The instant (ms) at which the booking ends unless it is confirmed or checked in.
 * @param holdExpiresAt null unless it is held
 */
export function lapseOf(
  policy: Policy,
  { from, until }: Window,
  holdExpiresAt: number | null = null,
): number {
  const missed = Math.min(from + policy.no_show_after_minutes * MINUTE, until);
  return Math.min(missed, holdExpiresAt ?? missed);
}

/**
 * The percentage of the amount, rounded half up. Computed with BigInt, because the product may
 * exceed 2^53.
 */
export function percentOf(amount: number, percent: number): number {
  return Number((2n * BigInt(amount) * BigInt(percent) + 100n) / 200n);
}
