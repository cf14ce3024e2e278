import { AccountDto } from '../../api-models/accounts/account.dto.js';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { Currency } from '../../platform/money/money.js';
import type { DriverRow } from './driver-queries.js';

/** A driver's account and booking totals. */
export class DriverDto extends AccountDto {
  /** Whether the account cannot log in. @example false */
  disabled: boolean;

  /** @example 14 */
  @ApiInteger()
  total_bookings: number;

  /** 0 or 1. @example 1 */
  @ApiInteger()
  active_bookings: number;

  /** @example 1260.5 */
  total_spent: number;
}

export function mapDriver(row: DriverRow, currency: Currency): DriverDto {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    role: row.role,
    created_at: new FastJsonDate(row.createdAt),
    updated_at: new FastJsonDate(row.updatedAt),
    disabled: row.disabledAt !== null,
    total_bookings: row.bookings,
    active_bookings: row.active,
    total_spent: currency.fromMinor(row.spent),
  };
}
