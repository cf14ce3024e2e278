import type { Tx } from '../../platform/database/tx.js';
import { insertKeyedRows } from '../../platform/database/bulk/insert-rows.js';

/** A row of a version of a lot's tariff: instants in ms, money in minor units. */
export interface TariffRow {
  readonly lotId: number;
  readonly version: number;
  readonly validFrom: number;
  /** See `NO_END` in tariff-version.ts. */
  readonly endsAt: number;
  readonly timeZone: string;
  readonly pricePerHour: number;
  /** See `encodeTariff` in tariff-version.ts. */
  readonly content: string;
}

/** Inserts versions and returns their ids in the order of the rows. */
export function insertTariffs(tx: Tx, rows: readonly TariffRow[]): Promise<number[]> {
  return insertKeyedRows(tx, {
    table: 'tariffs',
    columns: {
      lot_id: (row: TariffRow) => row.lotId,
      version: (row: TariffRow) => row.version,
      valid_from: (row: TariffRow) => row.validFrom,
      ends_at: (row: TariffRow) => row.endsAt,
      time_zone: (row: TariffRow) => row.timeZone,
      price_per_hour: (row: TariffRow) => row.pricePerHour,
      content: (row: TariffRow) => row.content,
      created_at: (row: TariffRow) => row.validFrom,
    },
    rows,
  });
}
