import type { Tx } from '../../platform/database/tx.js';
import { copyKeyedRows, type Keyed } from '../../platform/database/bulk/copy-rows.js';
import { insertKeyedRows } from '../../platform/database/bulk/insert-rows.js';

/** A row of a lot: instants in ms, money in minor units. */
export interface LotRow {
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  readonly pricePerHour: number;
  /** Number of spots that are not retired; the caller inserts as many. */
  readonly numberOfSpots: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Null if drivers can book in the lot immediately. */
  readonly retiredAt: number | null;
}

/** A row of a spot. It is free; inserting its active reservation occupies it. */
export interface SpotRow {
  readonly lotId: number;
  readonly number: number;
  readonly createdAt: number;
  readonly retiredAt: number | null;
}

const INTO_LOTS = {
  table: 'lots',
  columns: {
    name: (lot: LotRow) => lot.name,
    address: (lot: LotRow) => lot.address,
    pin_code: (lot: LotRow) => lot.pinCode,
    price_per_hour: (lot: LotRow) => lot.pricePerHour,
    number_of_spots: (lot: LotRow) => lot.numberOfSpots,
    created_at: (lot: LotRow) => lot.createdAt,
    updated_at: (lot: LotRow) => lot.updatedAt,
    retired_at: (lot: LotRow) => lot.retiredAt,
  },
};

const INTO_SPOTS = {
  table: 'spots',
  columns: {
    lot_id: (spot: SpotRow) => spot.lotId,
    number: (spot: SpotRow) => spot.number,
    status: () => 'A',
    created_at: (spot: SpotRow) => spot.createdAt,
    retired_at: (spot: SpotRow) => spot.retiredAt,
  },
};

/** Inserts lots without their spots and returns their ids in the order of the rows. */
export function insertLots(tx: Tx, rows: readonly LotRow[]): Promise<number[]> {
  return insertKeyedRows(tx, { ...INTO_LOTS, rows });
}

/** Inserts lots with their own ids. */
export function copyLots(tx: Tx, rows: Iterable<Keyed<LotRow>>): Promise<void> {
  return copyKeyedRows(tx, { ...INTO_LOTS, rows });
}

/** Inserts free spots and returns their ids in the order of the rows. */
export function insertSpots(tx: Tx, rows: readonly SpotRow[]): Promise<number[]> {
  return insertKeyedRows(tx, { ...INTO_SPOTS, rows });
}

/** Inserts spots with their own ids. */
export function copySpots(tx: Tx, rows: Iterable<Keyed<SpotRow>>): Promise<void> {
  return copyKeyedRows(tx, { ...INTO_SPOTS, rows });
}

/**
 * Opens lots that were inserted as retired, so that no driver could book while they were filled.
 */
export async function openLots(tx: Tx, ids: readonly number[]): Promise<void> {
  for (const id of ids) await tx.sql`UPDATE lots SET retired_at = NULL WHERE id = ${id}`;
}
