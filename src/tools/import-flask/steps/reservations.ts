import type { Tx } from '../../../platform/database/tx.js';
import type { Keyed } from '../../../platform/database/bulk/copy-rows.js';
import { fillReservations } from '../../../parking/bulk/fill-reservations.js';
import type { ReservationRow } from '../../../parking/bulk/insert-reservations.js';
import type { ImportContext } from '../context.js';
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

/** Imports the bookings one by one, without loading all of them into memory. */
export async function importReservations(
  tx: Tx,
  { context, active, parking, drivers }: ReservationsStep,
): Promise<void> {
  const { file, report, progress, decimals } = context;
  const table = report.tables.reservations;
  const converted = function* (): Generator<Keyed<ReservationRow>> {
    for (const row of identified(file.rows('reservations'), table)) {
      progress('reservations', table.read);
      const place = placeOf(row, parking, drivers.accountOf(row.user_id));
      const reservation = convertReservation(row, place, { table, active, decimals });
      if (!reservation) continue;
      table.imported += 1;
      yield reservation;
    }
  };
  await fillReservations(tx, converted());
}

function placeOf(row: FlaskReservationRow, parking: WrittenParking, userId: number): Place {
  const { lotOfSpot, priceOfLot, placeholderSpotId: spotOfSpotless } = parking;
  const spotId = isId(row.spot_id) ? row.spot_id : spotOfSpotless;
  const lotId = spotId === undefined ? undefined : lotOfSpot.get(spotId);
  if (spotId === undefined || lotId === undefined) {
    throw new Error(`The spot of reservation ${String(row.id)} was not written`);
  }
  return { spotId, lotId, userId, lotPrice: priceOfLot.get(lotId) ?? 0 };
}
