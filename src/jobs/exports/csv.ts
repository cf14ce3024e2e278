import { stringify } from 'csv-stringify/sync';
import type { Currency } from '../../platform/money.js';
import type { BookingView } from '../../parking/reservations/booking-queries.js';
import { durationHours } from '../../parking/reservations/pricing.js';

const COLUMNS = [
  'Reservation ID',
  'Spot ID',
  'Spot Number',
  'Parking Lot',
  'Address',
  'Vehicle Number',
  'Parking Timestamp',
  'Leaving Timestamp',
  'Duration (hours)',
  'Cost',
  'Currency',
  'Status',
  'Remarks',
];

// RFC 4180. By default, csv-stringify quotes a cell with CRLF, but not one with CR or LF alone.
const FORMAT = { record_delimiter: '\r\n', quoted_match: /[\r\n]/ } as const;

export function csvHeader(): string {
  return stringify([COLUMNS], FORMAT);
}

/** One line per booking. The duration of an active one is measured up to `now`. */
export function csvLines(bookings: readonly BookingView[], currency: Currency, now: Date): string {
  return stringify(
    bookings.map((booking) => cells(booking, currency, now)),
    FORMAT,
  );
}

function cells(booking: BookingView, currency: Currency, now: Date): (string | number)[] {
  const { leftAt, cost } = booking;
  const parkedAt = new Date(booking.parkedAt);
  const stay = { parkedAt, leftAt: leftAt === null ? now : new Date(leftAt) };
  return [
    booking.id,
    booking.spotId,
    booking.spotNumber,
    safeText(booking.lotName),
    safeText(booking.address),
    safeText(booking.vehicleNumber ?? ''),
    parkedAt.toISOString(),
    leftAt === null ? '' : stay.leftAt.toISOString(),
    durationHours(stay).toFixed(2),
    cost === null ? '' : currency.format(cost),
    currency.code,
    leftAt === null ? 'Active' : 'Completed',
    safeText(booking.remarks ?? ''),
  ];
}

/** Prevents a spreadsheet from evaluating the cell as a formula (OWASP, CSV injection). */
function safeText(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
