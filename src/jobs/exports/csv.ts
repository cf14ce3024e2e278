import { stringify } from 'csv-stringify/sync';
import type { Currency } from '../../platform/money/money.js';
import type { BookingRow } from '../../parking/reservations/booking-queries.js';
import { durationHours } from '../../parking/reservations/pricing/pricing.js';

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

/** Position of the plate in a record. */
const PLATE = COLUMNS.indexOf('Vehicle Number');
const LEFT_AT = COLUMNS.indexOf('Leaving Timestamp');

/** One line per booking. The duration of an active one is measured up to `now`. */
export function csvLines(bookings: readonly BookingRow[], currency: Currency, now: Date): string {
  return stringify(
    bookings.map((booking) => cells(booking, currency, now)),
    FORMAT,
  );
}

/** The cells of a record. */
export type CsvRecord = readonly string[];

/** Id of the booking, if it was active when the record was written. */
export function activeId(record: CsvRecord): number | undefined {
  return record[LEFT_AT] === '' ? Number(record[0]) : undefined;
}

/** When the stay ended, in ms; NaN for the header, and for a stay that was active when the record was written. */
export function endOf(record: CsvRecord): number {
  return Date.parse(record[LEFT_AT] ?? '');
}

/** The records as lines, without the plates of the records for which `isOld` returns true. */
export function linesWithoutPlates(
  records: readonly CsvRecord[],
  isOld: (record: CsvRecord) => boolean,
): string {
  return stringify(
    records.map((record) => (isOld(record) ? record.with(PLATE, '') : record)),
    FORMAT,
  );
}

function cells(booking: BookingRow, currency: Currency, now: Date): (string | number)[] {
  const { leftAt, cost } = booking;
  const parkedAt = new Date(booking.startsAt);
  const stay = { parkedAt, leftAt: leftAt === null ? now : new Date(leftAt) };
  return [
    booking.id,
    booking.spotId ?? '',
    booking.spotNumber ?? '',
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
