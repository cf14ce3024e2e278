import { IsBoolean } from 'class-validator';
import type { FieldError } from '../../platform/errors/coded-error.js';
import { CheckTogether } from '../../platform/http/validation/nested.js';
import { WholeNumber } from '../../platform/http/validation/numbers.js';
import type { Policy } from '../../parking/policies/policy.js';

const PERCENT = { min: 0, max: 100 };
const UP_TO_A_DAY = { min: 1, max: 1440 };
const UP_TO_A_WEEK = { min: 0, max: 10_080 };
const UP_TO_A_YEAR = { min: 1, max: 525_600 };

/**
 * How a lot is booked ahead. Replaced as a whole: every field is required. The fields correspond to OCPI 2.3
 * BookingTerms (docs/booking-ahead.md).
 */
@CheckTogether(policyFaults)
export class PolicyDto implements Policy {
  /** Whether drivers can book ahead. @example true */
  @IsBoolean({ message: 'bookable_ahead must be true or false' })
  bookable_ahead: boolean;

  /** How many days ahead a window may begin. @example 30 */
  @WholeNumber({ min: 1, max: 365 })
  horizon_days: number;

  /** Least length of a window, in minutes. @example 30 */
  @WholeNumber(UP_TO_A_YEAR)
  min_minutes: number;

  /** Greatest length of a window, in minutes; not below `min_minutes`. @example 10080 */
  @WholeNumber(UP_TO_A_YEAR)
  max_minutes: number;

  /** How many minutes a hold waits for its confirmation. @example 10 */
  @WholeNumber(UP_TO_A_DAY)
  hold_minutes: number;

  /** How many minutes a walk-in, whose end is unknown, claims its spot. @example 60 */
  @WholeNumber({ min: 1, max: 10_080 })
  walk_in_minutes: number;

  /** How many minutes before the start of the window the driver may check in. @example 15 */
  @WholeNumber(UP_TO_A_WEEK)
  early_arrival_minutes: number;

  /** How many minutes after the start of the window the spot is kept. @example 30 */
  @WholeNumber(UP_TO_A_WEEK)
  no_show_after_minutes: number;

  /** How many minutes before the start of the window free cancellation ends. @example 60 */
  @WholeNumber(UP_TO_A_WEEK)
  free_cancel_minutes: number;

  /** How many minutes after the end of the window a departure still counts as on time. @example 10 */
  @WholeNumber(UP_TO_A_WEEK)
  overstay_grace_minutes: number;

  /** Percentage of the price of the window that a no-show costs. @example 100 */
  @WholeNumber(PERCENT)
  no_show_fee_percent: number;

  /** Percentage of the price of the window that late cancelling costs. @example 50 */
  @WholeNumber(PERCENT)
  late_cancel_fee_percent: number;
}

function policyFaults({ min_minutes, max_minutes }: PolicyDto): readonly FieldError[] {
  if (max_minutes >= min_minutes) return [];
  const message = 'max_minutes must not be below min_minutes';
  return [{ field: 'max_minutes', message }];
}

export function mapPolicy(policy: Policy): PolicyDto {
  return {
    bookable_ahead: policy.bookable_ahead,
    horizon_days: policy.horizon_days,
    min_minutes: policy.min_minutes,
    max_minutes: policy.max_minutes,
    hold_minutes: policy.hold_minutes,
    walk_in_minutes: policy.walk_in_minutes,
    early_arrival_minutes: policy.early_arrival_minutes,
    no_show_after_minutes: policy.no_show_after_minutes,
    free_cancel_minutes: policy.free_cancel_minutes,
    overstay_grace_minutes: policy.overstay_grace_minutes,
    no_show_fee_percent: policy.no_show_fee_percent,
    late_cancel_fee_percent: policy.late_cancel_fee_percent,
  };
}
