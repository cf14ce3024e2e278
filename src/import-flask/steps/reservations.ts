import type { EntityManager } from 'typeorm';
import { batches } from '../../common/batches.js';
import { withDeferredIndexes } from '../../parking/bulk/deferred-indexes.js';
import { insertReservations, type ReservationRow } from '../../parking/bulk/insert-reservations.js';
import { type ImportContext, ROWS_AT_ONCE } from '../context.js';
import type { ActiveBookings } from '../rules/active-bookings.js';
import { convertReservation, type Place } from '../rules/reservation.js';
import { identified } from '../source/identified.js';
import { type FlaskReservationRow, isId } from '../source/rows.js';
import type { Drivers } from './drivers.js';
import type { WrittenParking } from './parking.js';

export interface ReservationsStep {
  readonly context: ImportContext;
  readonly active: ActiveBookings;
  readonly parking: WrittenParking;
  readonly drivers: Drivers;
}

/** Imports the bookings, thousands at a time. */
export async function importReservations(
  tx: EntityManager,
  { context, active, parking, drivers }: ReservationsStep,
): Promise<void> {
  const { file, report, progress, decimals } = context;
  const table = report.tables.reservations;
  const converted = function* (): Generator<ReservationRow> {
    for (const row of identified(file.rows('reservations'), table)) {
      progress('reservations', table.read);
      const place = placeOf(row, parking, drivers.accountOf(row.user_id));
      const reservation = convertReservation(row, place, { table, active, decimals });
      if (reservation) yield reservation;
    }
  };
  await withDeferredIndexes(tx, async () => {
    for (const rows of batches(converted(), ROWS_AT_ONCE)) {
      await insertReservations(tx, rows);
      table.imported += rows.length;
    }
  });
}

function placeOf(row: FlaskReservationRow, parking: WrittenParking, userId: number): Place {
  const { lotOfSpot, priceOfLot, spotOfSpotless } = parking;
  const spotId = isId(row.spot_id) ? row.spot_id : spotOfSpotless;
  const lotId = spotId === undefined ? undefined : lotOfSpot.get(spotId);
  if (spotId === undefined || lotId === undefined) {
    throw new Error(`The spot of reservation ${String(row.id)} was not written`);
  }
  return { spotId, lotId, userId, lotPrice: priceOfLot.get(lotId) ?? 0 };
}
