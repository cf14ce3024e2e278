import { StoredByLaterVersion } from '../../platform/errors/coded-error.js';

/** How a lot is booked ahead. Names are the same as in the API; durations are whole minutes. */
export interface Policy {
  readonly bookable_ahead: boolean;
  /** How far ahead a window may begin. */
  readonly horizon_days: number;
  /** Least and greatest length of a window. */
  readonly min_minutes: number;
  readonly max_minutes: number;
  /** How long a hold waits for its confirmation. */
  readonly hold_minutes: number;
  /** How long a walk-in, whose end is unknown, claims its spot. */
  readonly walk_in_minutes: number;
  /** How long before the start of the window the driver may check in. */
  readonly early_arrival_minutes: number;
  /** How long after the start of the window the spot is kept. */
  readonly no_show_after_minutes: number;
  /** How long before the start of the window free cancellation ends. */
  readonly free_cancel_minutes: number;
  /** How long after the end of the window a departure still counts as on time. */
  readonly overstay_grace_minutes: number;
  /** Percentages of the price of the window. */
  readonly no_show_fee_percent: number;
  readonly late_cancel_fee_percent: number;
}

/** The policy of every lot until an admin sets one. */
export const DEFAULT_POLICY: Policy = {
  bookable_ahead: true,
  horizon_days: 30,
  min_minutes: 30,
  max_minutes: 10_080,
  hold_minutes: 10,
  walk_in_minutes: 60,
  early_arrival_minutes: 15,
  no_show_after_minutes: 30,
  free_cancel_minutes: 60,
  overstay_grace_minutes: 10,
  no_show_fee_percent: 100,
  late_cancel_fee_percent: 50,
};

/** Version of the stored shape. */
const SHAPE = 1;

export function encodePolicy(policy: Policy): string {
  return JSON.stringify({ v: SHAPE, ...policy });
}

/** @throws StoredByLaterVersion if a later version of the program has stored another shape */
export function decodePolicy(content: string): Policy {
  const { v, ...policy } = JSON.parse(content) as Policy & { readonly v: number };
  if (v > SHAPE) throw new StoredByLaterVersion('policy');
  return policy;
}
