import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { CheckTogether } from '../../platform/http/validation/nested.js';
import { WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { vehicleFaults } from '../vehicles/booked-vehicle.js';
import { StatusList, statusesIn } from '../../api-models/status-list.js';
import { type BookingStatus, PARKED_STATUSES } from '../../parking/reservations/states.js';

@CheckTogether(vehicleFaults)
export class BookParkingDto {
  /** The lot; the program chooses the spot. @example 1 */
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  lot_id: number;

  /** One of the driver's vehicles; excludes `vehicle_number`. @example 3 */
  @MayBeOmitted()
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  vehicle_id?: number;

  /** A plate; excludes `vehicle_id`. @example 'DL 01 AB 1234' */
  @MayBeOmitted()
  @Text({ max: 20 })
  vehicle_number?: string;

  /** @example 'Back by six' */
  @MayBeOmitted()
  @Text({ max: 500 })
  remarks?: string;
}

export class BookingsQuery extends PageQuery {
  /** Comma-separated statuses, or `any`; `active,completed` if omitted. @example 'active' */
  @MayBeOmitted()
  @StatusList()
  status?: string;
}

/** The statuses that the query selects. */
export function statusesOf({ status }: BookingsQuery): readonly BookingStatus[] {
  return status === undefined ? PARKED_STATUSES : statusesIn(status);
}
