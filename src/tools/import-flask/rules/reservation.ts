import type { Keyed } from '../../../platform/database/bulk/copy-rows.js';
import type { ReservationRow } from '../../../parking/bulk/insert-reservations.js';
import { cost as costOf } from '../../../parking/reservations/pricing/pricing.js';
import type { TableReport } from '../report/report.js';
import type { Identified } from '../source/identified.js';
import type { Cell, FlaskReservationRow } from '../source/rows.js';
import type { ActiveBookings } from './active-bookings.js';
import { readCost, readPrice } from './amount.js';
import { type BookingInstants, readBookingInstants } from './booking-instants.js';
import { readText } from './text.js';

/** Spot, lot and driver of a booking in VPMS. */
export interface Place {
  readonly spotId: number;
  readonly lotId: number;
  readonly userId: number;
  /** The lot's price per hour, in minor units. */
  readonly lotPrice: number;
}

interface Rules {
  readonly table: TableReport;
  readonly active: ActiveBookings;
  /** Decimals of the currency. */
  readonly decimals: number;
}

type Row = Identified<FlaskReservationRow>;

interface Times extends BookingInstants {
  readonly parkedAt: number;
}

/** How a booking ended. */
interface End {
  readonly leftAt: number;
  /** In minor units; undefined if it must be computed. */
  readonly cost: number | undefined;
}

/** Converts a booking. Reports it as refused and returns undefined if it has no readable instant. */
export function convertReservation(
  row: Row,
  place: Place,
  rules: Rules,
): Keyed<ReservationRow> | undefined {
  const { table } = rules;
  const instants = readBookingInstants(row);
  const { parked, isParkedStated, left, created, updated } = instants;
  if (!parked) {
    table.refuse(row.id, 'no readable instant');
    return undefined;
  }
  if (!isParkedStated) {
    table.change(
      row.id,
      'no readable parking_timestamp: replaced by the next best instant of the row',
    );
  }
  const pricePerHour = readAgreedPrice(row, place, rules);
  const end = readEnd(row, { ...instants, parkedAt: parked.at }, rules);
  if (parked.truncated || left?.truncated || created?.truncated || updated?.truncated)
    table.markTruncated(row.id);
  const createdAt = created?.at ?? parked.at;
  return {
    id: row.id,
    spotId: place.spotId,
    lotId: place.lotId,
    userId: place.userId,
    parkedAt: parked.at,
    leftAt: end?.leftAt ?? null,
    pricePerHour,
    cost: end ? (end.cost ?? computedCost(parked.at, end.leftAt, pricePerHour)) : null,
    vehicleNumber: readOptionalText(row.id, row.vehicle_number, table),
    remarks: readOptionalText(row.id, row.remarks, table),
    createdAt,
    updatedAt: Math.max(updated?.at ?? createdAt, end?.leftAt ?? createdAt),
  };
}

function readAgreedPrice(row: Row, { lotPrice }: Place, { table, decimals }: Rules): number {
  const price = readPrice(row.price_per_hour, decimals);
  if (!price) table.change(row.id, "no valid agreed price: replaced by the lot's price");
  if (price?.rounded) table.change(row.id, "agreed price rounded to the currency's decimals");
  return price?.minor ?? lotPrice;
}

function readEnd(row: Row, times: Times, rules: Rules): End | undefined {
  const { table, active } = rules;
  if (row.leaving_timestamp === null) {
    if (!active.isStaying(row.id)) return endActive(row, times, rules);
    if (row.parking_cost !== null && row.parking_cost !== 0) {
      table.change(row.id, 'cost of an active booking removed');
    }
    return undefined;
  }
  return { leftAt: readLeaving(row, times, table), cost: readPaid(row, rules) };
}

/** Ignores the cost in the file, because the booking had not ended there. */
function endActive(row: Row, times: Times, { table, active }: Rules): End {
  const ending = active.endingOf(row.id);
  if (ending !== undefined) {
    table.change(
      row.id,
      'active although its spot or driver has a newer booking: ended when that began',
    );
    return { leftAt: ending, cost: undefined };
  }
  table.change(row.id, 'active, but its spot or driver is missing: ended at its last change');
  return { leftAt: lastChange(times), cost: undefined };
}

function readLeaving(row: Row, times: Times, table: TableReport): number {
  const { parkedAt } = times;
  const left = times.left?.at;
  if (left === undefined) {
    table.change(row.id, 'no readable leaving_timestamp: replaced by its last change');
    return lastChange(times);
  }
  if (left < parkedAt) table.change(row.id, 'left before it was parked: ended at its start');
  return Math.max(left, parkedAt);
}

function readPaid(row: Row, { table, decimals }: Rules): number | undefined {
  const paid = readCost(row.parking_cost, decimals);
  if (!paid) table.change(row.id, 'no valid cost: computed from the agreed price');
  if (paid?.rounded) table.change(row.id, "cost rounded to the currency's decimals");
  return paid?.minor;
}

/** The latest instant of the booking in the file. */
function lastChange({ parkedAt, updated }: Times): number {
  return Math.max(parkedAt, updated?.at ?? parkedAt);
}

function computedCost(parkedAt: number, leftAt: number, pricePerHour: number): number {
  const stay = { parkedAt: new Date(parkedAt), leftAt: new Date(leftAt) };
  return Math.min(costOf(stay, pricePerHour), Number.MAX_SAFE_INTEGER);
}

function readOptionalText(id: number, cell: Cell, table: TableReport): string | null {
  const clean = readText(cell);
  if (clean?.cleaned) table.change(id, 'control characters replaced');
  return clean?.text ?? null;
}
