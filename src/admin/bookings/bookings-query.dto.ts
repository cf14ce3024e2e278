import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { InstantInQuery } from '../../platform/http/validation/instants.js';
import { WholeNumberInQuery } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import type { BookingSearch } from '../../parking/reservations/booking-queries.js';
import { MAX_PLATE_LENGTH, plateKey } from '../../parking/vehicles/plate.js';
import { StatusList, statusesIn } from '../../api-models/status-list.js';

/** Selects bookings that have no spot at the moment. */
const AT_RISK = 'at_risk';
const ID = { min: 1, max: Number.MAX_SAFE_INTEGER };

/** Filters of the search; an omitted one does not restrict it. */
export class AdminBookingsQuery extends PageQuery {
  /** @example 1 */
  @MayBeOmitted()
  @WholeNumberInQuery(ID)
  lot_id?: number;

  /** The driver. @example 2 */
  @MayBeOmitted()
  @WholeNumberInQuery(ID)
  user_id?: number;

  /**
   * Comma-separated statuses, or `any`, which is the default; `at_risk` selects bookings ahead without
   * a spot.
   * @example 'reserved,at_risk'
   */
  @MayBeOmitted()
  @StatusList(AT_RISK)
  status?: string;

  /** A plate, compared without case, white space, dashes and dots. @example 'dl01ab1234' */
  @MayBeOmitted()
  @Text({ min: 1, max: MAX_PLATE_LENGTH })
  vehicle_number?: string;

  /** Start of a period. Selects the bookings whose time overlaps the period. */
  @InstantInQuery()
  from?: Date;

  /** End of the period that begins at `from`, not included. */
  @InstantInQuery()
  until?: Date;
}

/** @throws ValidationFailed if `until` is not later than `from` */
export function toSearch(
  query: AdminBookingsQuery,
): Omit<BookingSearch, 'after' | 'limit' | 'asOf'> {
  const { lot_id: lotId, user_id: userId, status = 'any', from, until } = query;
  if (from && until && from >= until) {
    throw new ValidationFailed([{ field: 'until', message: 'until must be later than from' }]);
  }
  return {
    lotId,
    userId,
    statuses: statusesIn(status),
    isAtRisk: status.split(',').includes(AT_RISK),
    plateKey: query.vehicle_number === undefined ? undefined : plateKey(query.vehicle_number),
    from: from?.getTime(),
    until: until?.getTime(),
  };
}
