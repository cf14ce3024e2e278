import { ApiProperty } from '@nestjs/swagger';
import { BookingDto, mapBooking } from '../../api-models/booking.dto.js';
import { mapSession, SessionDto } from '../../api-models/accounts/session.dto.js';
import { mapVehicle, VehicleDto } from '../../api-models/vehicle.dto.js';
import type { Currency } from '../../platform/money/money.js';
import type { DriverDetails } from './driver-details-queries.js';
import { DriverDto, mapDriver } from './driver.dto.js';

/** A driver as operators see them. */
export class DriverDetailsDto extends DriverDto {
  /** Whether mail may be sent to the e-mail address. @example true */
  email_confirmed: boolean;

  /** The booking with which the driver is parked, or null. */
  @ApiProperty({ type: BookingDto, nullable: true })
  current_booking: BookingDto | null;

  /** Reserved bookings, the latest start first; at most 500. */
  @ApiProperty({ type: [BookingDto] })
  upcoming_bookings: readonly BookingDto[];

  /** The driver's vehicles, by id; at most 20. */
  @ApiProperty({ type: [VehicleDto] })
  vehicles: readonly VehicleDto[];

  /** The driver's logins that have not ended; at most 20. */
  @ApiProperty({ type: [SessionDto] })
  sessions: readonly SessionDto[];
}

interface Presentation {
  readonly currency: Currency;
  readonly now: Date;
}

export function mapDriverDetails(
  { driver, current, upcoming, vehicles, sessions }: DriverDetails,
  presentation: Presentation,
): DriverDetailsDto {
  return {
    ...mapDriver(driver, presentation.currency),
    email_confirmed: driver.emailConfirmedAt !== null,
    current_booking: current ? mapBooking(current, presentation) : null,
    upcoming_bookings: upcoming.map((booking) => mapBooking(booking, presentation)),
    vehicles: vehicles.map(mapVehicle),
    sessions: sessions.map(mapSession),
  };
}
