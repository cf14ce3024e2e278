import type { TariffRow } from '../../parking/bulk/insert-tariffs.js';
import { encodeTariff, NO_END } from '../../parking/tariffs/versions/tariff-version.js';
import type { AheadRow } from '../../parking/bulk/insert-ahead.js';
import { DEFAULT_POLICY } from '../../parking/policies/policy.js';
import { lapseOf } from '../../parking/reservations/ahead/fees.js';
import type { CityAhead } from './city/ahead.js';
import type { CityBooking } from './city/bookings.js';
import type { CityLot } from './city/lots.js';

/** The versions of the lot's tariff; empty if the lot charges by the hour. */
export function tariffRows(
  { prices }: CityLot,
  lotId: number,
  timeZone: string,
): readonly TariffRow[] {
  return prices.flatMap(({ from, tariff, pricePerHour }, index) =>
    tariff
      ? [
          {
            lotId,
            version: index + 1,
            validFrom: from,
            endsAt: prices[index + 1]?.from ?? NO_END,
            timeZone,
            pricePerHour,
            content: encodeTariff(tariff),
          },
        ]
      : [],
  );
}

/** The fields of a booking that its row copies. */
export function bookingFields(booking: CityBooking) {
  const { parkedAt, leftAt, pricePerHour, cost, vehicleNumber, remarks } = booking;
  return { parkedAt, leftAt, pricePerHour, cost, vehicleNumber, remarks };
}

/** The fields of a booking ahead that its row copies or computes. */
export function aheadFields(
  booking: CityAhead,
): Omit<AheadRow, 'spotId' | 'lotId' | 'userId' | 'tariffId'> {
  const { status, from, until, holdExpiresAt, endedAt, pricePerHour, cost, vehicleNumber } =
    booking;
  return {
    status,
    from,
    until,
    holdExpiresAt,
    lapsesAt: lapseOf(DEFAULT_POLICY, booking, holdExpiresAt),
    endedAt,
    pricePerHour,
    cost,
    vehicleNumber,
    createdAt: booking.bookedAt,
  };
}
