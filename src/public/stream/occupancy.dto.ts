import { ApiInteger } from '../../platform/http/validation/numbers.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import type { LotOccupancy } from '../../parking/occupancy/occupancy-changes.js';

/** The figures of a lot, in the events of the stream. A deleted lot has no spots. */
export class OccupancyDto {
  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** @example 49 */
  @ApiInteger()
  available_spots: number;

  /** Equals `number_of_spots` minus `available_spots`. @example 1 */
  @ApiInteger()
  occupied_spots: number;

  /** 0 if the lot is deleted. @example 50 */
  @ApiInteger()
  number_of_spots: number;

  /** When the figures were read. @example '2026-03-01T09:30:00.000Z' */
  at: Date;
}

export function mapOccupancy(lot: LotOccupancy): OccupancyDto {
  return {
    lot_id: lot.lotId,
    available_spots: lot.numberOfSpots - lot.occupiedSpots,
    occupied_spots: lot.occupiedSpots,
    number_of_spots: lot.numberOfSpots,
    at: new FastJsonDate(lot.at),
  };
}
