import { insertAhead } from '../../parking/bulk/insert-ahead.js';
import { chunk } from '../../platform/database/bulk/chunk.js';
import type { CityAhead } from './city/ahead.js';
import { aheadFields } from './city-rows.js';
import type { Progress } from './progress.js';
import type { ThrottledWriter } from './throttled-writer.js';

/** A transaction of this size holds SQLite's write lock for about 10 ms. */
export const ROWS_PER_TRANSACTION = 1_000;

export interface WrittenLot {
  readonly id: number;
  /** The spot with number N is at index N - 1. */
  readonly spotIds: readonly number[];
  /** Tariff versions, one per price of the lot; empty if the lot has no tariff. */
  readonly tariffIds: readonly number[];
}

/** What bookings refer to. */
export interface WrittenRows {
  readonly driverIds: readonly number[];
  readonly lots: readonly WrittenLot[];
  readonly progress: Progress;
}

/** Writes bookings ahead as one step of the progress; their lots and drivers must exist. @returns their number */
export async function writeAhead(
  writer: ThrottledWriter,
  { step, bookings }: { readonly step: string; readonly bookings: Iterable<CityAhead> },
  { driverIds, lots, progress }: WrittenRows,
): Promise<number> {
  let written = 0;
  for (const batch of chunk(bookings, ROWS_PER_TRANSACTION)) {
    const rows = batch.map((booking) => ({
      spotId: lots[booking.lot]?.spotIds[booking.spotNumber - 1] ?? 0,
      lotId: lots[booking.lot]?.id ?? 0,
      userId: driverIds[booking.driver] ?? 0,
      tariffId: lots[booking.lot]?.tariffIds[booking.price] ?? null,
      ...aheadFields(booking),
    }));
    await writer.write((tx) => insertAhead(tx, rows));
    written += rows.length;
  }
  progress.show(step, written, 1);
  return written;
}
