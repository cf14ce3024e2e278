import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Plate } from '../../api-models/plate.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import { Instant } from '../../platform/http/validation/instants.js';
import { CheckTogether } from '../../platform/http/validation/nested.js';
import { WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import type { Currency } from '../../platform/money/money.js';
import { toVehicleChoice, vehicleFaults } from '../vehicles/booked-vehicle.js';
import type { AheadRequest } from '../../parking/reservations/ahead/ahead.service.js';
import type { Cancellation } from '../../parking/reservations/ahead/cancellation.js';
import type {
  BookingChanges,
  Extension,
} from '../../parking/reservations/ahead/changes.service.js';

@CheckTogether(vehicleFaults)
export class BookAheadDto {
  /** @example 1 */
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  lot_id: number;

  /** Start of the window; at most the policy's `horizon_days` ahead. @example '2026-03-02T09:00:00.000Z' */
  @Instant()
  from: Date;

  /** End of the window, not included. @example '2026-03-02T11:00:00.000Z' */
  @Instant()
  until: Date;

  /** Whether the spot is held, for the policy's `hold_minutes`, until the booking is confirmed. @example false */
  @MayBeOmitted()
  @IsBoolean({ message: 'hold must be true or false' })
  hold?: boolean;

  /** One of the driver's vehicles; excludes `vehicle_number`. @example 3 */
  @MayBeOmitted()
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  vehicle_id?: number;

  /** A plate; excludes `vehicle_id`. @example 'DL 01 AB 1234' */
  @MayBeOmitted()
  @Plate()
  vehicle_number?: string;

  /** @example 'Back by six' */
  @MayBeOmitted()
  @Text({ max: 500 })
  remarks?: string;
}

export function toAheadRequest(userId: number, body: BookAheadDto): AheadRequest {
  return {
    userId,
    lotId: body.lot_id,
    window: { from: body.from.getTime(), until: body.until.getTime() },
    isHold: body.hold ?? false,
    ...toVehicleChoice(body),
    remarks: body.remarks,
  };
}

/** Omitted fields stay unchanged. */
@CheckTogether(vehicleFaults)
export class BookingChangesDto {
  /** Start of the new window. @example '2026-03-02T09:00:00.000Z' */
  @MayBeOmitted()
  @Instant()
  from?: Date;

  /** End of the new window. @example '2026-03-02T11:00:00.000Z' */
  @MayBeOmitted()
  @Instant()
  until?: Date;

  /** One of the driver's vehicles; excludes `vehicle_number`. @example 3 */
  @MayBeOmitted()
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  vehicle_id?: number;

  /** A plate; excludes `vehicle_id`. @example 'DL 01 AB 1234' */
  @MayBeOmitted()
  @Plate()
  vehicle_number?: string;

  /** @example 'Back by six' */
  @MayBeOmitted()
  @Text({ max: 500 })
  remarks?: string;
}

export function toBookingChanges(body: BookingChangesDto): BookingChanges {
  return {
    from: body.from?.getTime(),
    until: body.until?.getTime(),
    ...toVehicleChoice(body),
    remarks: body.remarks,
  };
}

export class ExtendDto {
  /** The new end, after the current one and in the future. @example '2026-03-02T12:00:00.000Z' */
  @Instant()
  until: Date;
}

/** What extending a booking costs. */
export class ExtensionDto {
  /** Whether, until the new end, the lot has room and the driver has no other booking. */
  available: boolean;

  /** The amount by which the price of the window increases. @example 40 */
  cost: number;

  /** The cost of the booking if the driver leaves at the new end. @example 120 */
  total: number;
}

export function mapExtension(extension: Extension, currency: Currency): ExtensionDto {
  return {
    available: extension.available,
    cost: currency.fromMinor(extension.cost),
    total: currency.fromMinor(extension.total),
  };
}

/** What cancelling a booking costs now. */
export class CancellationDto {
  /** @example 0 */
  fee: number;

  /** From this instant on, cancelling costs a fee; null if it is free at any time. */
  @ApiProperty({ example: '2026-03-01T08:30:00.000Z' })
  free_until: Date | null;
}

export function mapCancellation(
  { fee, freeUntil }: Cancellation,
  currency: Currency,
): CancellationDto {
  return {
    fee: currency.fromMinor(fee),
    free_until: freeUntil === null ? null : new FastJsonDate(freeUntil),
  };
}
