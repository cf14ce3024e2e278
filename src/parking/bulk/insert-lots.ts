import type { EntityManager } from 'typeorm';
import { insertIdentified } from '../../common/database/insert-rows.js';
import type { SpotStatus } from '../spots/spot.entity.js';

/** A lot as its row: instants in ms, money in minor units. */
export interface LotRow {
  /** Kept where given; generated where left out (in all rows of a call, or in none). */
  readonly id?: number;
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  readonly pricePerHour: number;
  /** How many spots it will have that are not retired; the caller inserts as many. */
  readonly numberOfSpots: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Null: open to drivers at once. */
  readonly retiredAt: number | null;
}

/** A spot as its row. */
export interface SpotRow {
  /** Kept where given; generated where left out (in all rows of a call, or in none). */
  readonly id?: number;
  readonly lotId: number;
  readonly number: number;
  /** `A`, unless its active reservation is there already: inserting that one occupies the spot. */
  readonly status: SpotStatus;
  readonly createdAt: number;
  readonly retiredAt: number | null;
}

/** Inserts lots without their spots, and answers their ids in the order of the rows. */
export function insertLots(tx: EntityManager, lots: readonly LotRow[]): Promise<number[]> {
  return insertIdentified(
    tx,
    {
      table: 'lots',
      columns: [
        'name',
        'address',
        'pin_code',
        'price_per_hour',
        'number_of_spots',
        'created_at',
        'updated_at',
        'retired_at',
      ],
      rows: lots.map((lot) => [
        lot.name,
        lot.address,
        lot.pinCode,
        lot.pricePerHour,
        lot.numberOfSpots,
        lot.createdAt,
        lot.updatedAt,
        lot.retiredAt,
      ]),
    },
    lots.map(({ id }) => id),
  );
}

/** Inserts spots, and answers their ids in the order of the rows. */
export function insertSpots(tx: EntityManager, spots: readonly SpotRow[]): Promise<number[]> {
  return insertIdentified(
    tx,
    {
      table: 'spots',
      columns: ['lot_id', 'number', 'status', 'created_at', 'retired_at'],
      rows: spots.map((spot) => [
        spot.lotId,
        spot.number,
        spot.status,
        spot.createdAt,
        spot.retiredAt,
      ]),
    },
    spots.map(({ id }) => id),
  );
}

/** Opens lots that were inserted as retired, so that nobody could book while they were filled. */
export async function openLots(tx: EntityManager, ids: readonly number[]): Promise<void> {
  for (const id of ids) await tx.sql`UPDATE lots SET retired_at = NULL WHERE id = ${id}`;
}
