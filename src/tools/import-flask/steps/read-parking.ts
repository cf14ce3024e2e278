import type { ImportContext } from '../context.js';
import { type Identified, identified } from '../source/identified.js';
import { type FlaskLotRow, type FlaskSpotRow, isId } from '../source/rows.js';

/** The file's lots and spots, all in memory. */
export interface FlaskParking {
  readonly lots: readonly Identified<FlaskLotRow>[];
  /** Spots by lot, each list sorted by id. */
  readonly spotsOfLot: ReadonlyMap<number, readonly Identified<FlaskSpotRow>[]>;
  /** Spots whose lot is missing. */
  readonly orphanSpots: readonly Identified<FlaskSpotRow>[];
  /** Ids of spots that bookings refer to and the file does not have. */
  readonly missingSpots: readonly number[];
  /** Whether there are bookings without a valid spot id. */
  readonly hasBookingsWithoutSpot: boolean;
}

export function readParking({ file, report }: ImportContext): FlaskParking {
  const { parking_lots: lotReport, parking_spots: spotReport } = report.tables;
  const lots = [...identified(file.rows('parking_lots'), lotReport)];
  const spotsOfLot = new Map<number, Identified<FlaskSpotRow>[]>(lots.map(({ id }) => [id, []]));
  const orphanSpots: Identified<FlaskSpotRow>[] = [];
  const spots = new Set<number>();
  for (const spot of identified(file.rows('parking_spots'), spotReport)) {
    const { lot_id: lotId } = spot;
    spots.add(spot.id);
    ((isId(lotId) ? spotsOfLot.get(lotId) : undefined) ?? orphanSpots).push(spot);
  }
  const named = [...file.distinct('reservations', 'spot_id')];
  const missingSpots = named
    .filter((id) => isId(id))
    .filter((id) => !spots.has(id))
    .sort((a, b) => a - b);
  return {
    lots,
    spotsOfLot,
    orphanSpots,
    missingSpots,
    hasBookingsWithoutSpot: named.some((id) => !isId(id)),
  };
}
