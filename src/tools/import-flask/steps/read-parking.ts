import type { ImportContext } from '../context.js';
import { type Identified, identified } from '../source/identified.js';
import { type FlaskLotRow, type FlaskSpotRow, isId } from '../source/rows.js';

/** The file's lots and spots: these few are held in memory. */
export interface FlaskParking {
  readonly lots: readonly Identified<FlaskLotRow>[];
  /** By lot, each by id. */
  readonly spotsOfLot: ReadonlyMap<number, readonly Identified<FlaskSpotRow>[]>;
  /** Spots whose lot is gone. */
  readonly lotless: readonly Identified<FlaskSpotRow>[];
  /** Spots that bookings name and the file has not got. */
  readonly goneSpots: readonly number[];
  /** Whether a booking names no spot at all. */
  readonly hasSpotless: boolean;
}

export function readParking({ file, report }: ImportContext): FlaskParking {
  const { parking_lots: lotReport, parking_spots: spotReport } = report.tables;
  const lots = [...identified(file.rows('parking_lots'), lotReport)];
  const spotsOfLot = new Map<number, Identified<FlaskSpotRow>[]>(lots.map(({ id }) => [id, []]));
  const lotless: Identified<FlaskSpotRow>[] = [];
  const spots = new Set<number>();
  for (const spot of identified(file.rows('parking_spots'), spotReport)) {
    const { lot_id: lotId } = spot;
    spots.add(spot.id);
    ((isId(lotId) ? spotsOfLot.get(lotId) : undefined) ?? lotless).push(spot);
  }
  const named = [...file.distinct('reservations', 'spot_id')];
  const goneSpots = named
    .filter((id) => isId(id))
    .filter((id) => !spots.has(id))
    .sort((a, b) => a - b);
  return { lots, spotsOfLot, lotless, goneSpots, hasSpotless: named.some((id) => !isId(id)) };
}
