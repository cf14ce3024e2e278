import type { EntityManager } from 'typeorm';
import { insertKeyedRows } from '../../common/database/insert-rows.js';

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

/** A spot as its row. It is free; inserting its active reservation occupies it. */
export interface SpotRow {
  /** Kept where given; generated where left out (in all rows of a call, or in none). */
  readonly id?: number;
  readonly lotId: number;
  readonly number: number;
  readonly createdAt: number;
  readonly retiredAt: number | null;
}

/** Inserts lots without their spots, and answers their ids in the order of the rows. */
export function insertLots(tx: EntityManager, rows: readonly LotRow[]): Promise<number[]> {
  return insertKeyedRows(tx, {
    table: 'lots',
    rows,
    columns: {
      name: (lot) => lot.name,
      address: (lot) => lot.address,
      pin_code: (lot) => lot.pinCode,
      price_per_hour: (lot) => lot.pricePerHour,
      number_of_spots: (lot) => lot.numberOfSpots,
      created_at: (lot) => lot.createdAt,
      updated_at: (lot) => lot.updatedAt,
      retired_at: (lot) => lot.retiredAt,
    },
  });
}

/** Inserts free spots, and answers their ids in the order of the rows. */
export function insertSpots(tx: EntityManager, rows: readonly SpotRow[]): Promise<number[]> {
  return insertKeyedRows(tx, {
    table: 'spots',
    rows,
    columns: {
      lot_id: (spot) => spot.lotId,
      number: (spot) => spot.number,
      status: () => 'A',
      created_at: (spot) => spot.createdAt,
      retired_at: (spot) => spot.retiredAt,
    },
  });
}

/** Opens lots that were inserted as retired, so that nobody could book while they were filled. */
export async function openLots(tx: EntityManager, ids: readonly number[]): Promise<void> {
  for (const id of ids) await tx.sql`UPDATE lots SET retired_at = NULL WHERE id = ${id}`;
}
