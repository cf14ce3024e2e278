import { type FieldError, ValidationFailed } from '../../../platform/errors/coded-error.js';
import { DAY, MINUTE } from '../../../platform/time/durations.js';
import type { Window } from '../../claims/lot-claims.js';
import type { Policy } from '../../policies/policy.js';
import { lapseOf } from './fees.js';

/** How far in the past a window may begin, in ms, because its request takes time to arrive. */
const TOLERANCE = MINUTE;

/** Checks a new window. `now` in ms. @throws ValidationFailed naming the field and the limit of the policy */
export function assertWindow(policy: Policy, window: Window, now: number): void {
  assertStart(policy, window, now);
  assertEnd(policy, window, now);
}

/** @throws ValidationFailed if the policy forbids the start of the window. `now` in ms. */
export function assertStart(policy: Policy, window: Window, now: number): void {
  const { from } = window;
  if (!policy.bookable_ahead) fail('lot_id', 'lot_id must refer to a lot that can be booked ahead');
  if (from < now - TOLERANCE) fail('from', 'from must not be in the past');
  if (from > now + policy.horizon_days * DAY) {
    fail('from', `from must be at most ${policy.horizon_days} days ahead`);
  }
  if (window.until > now && lapseOf(policy, window) <= now) {
    const kept = policy.no_show_after_minutes;
    fail('from', `from must be later: the spot is kept for ${kept} minutes after it`);
  }
}

/** @throws ValidationFailed if the window has a wrong length or has ended already. `now` in ms. */
export function assertEnd(policy: Policy, window: Window, now: number): void {
  if (window.until <= now) fail('until', 'until must be in the future');
  assertLength(policy, window);
}

/** @throws ValidationFailed if the window is too short or too long */
function assertLength(policy: Policy, { from, until }: Window): void {
  const length = until - from;
  if (length < policy.min_minutes * MINUTE) {
    fail('until', `until must be at least ${policy.min_minutes} minutes after from`);
  }
  if (length > policy.max_minutes * MINUTE) {
    fail('until', `until must be at most ${policy.max_minutes} minutes after from`);
  }
}

function fail(field: string, message: string): never {
  const error: FieldError = { field, message };
  throw new ValidationFailed([error]);
}
