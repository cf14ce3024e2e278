import type { Tx } from '../../../platform/database/tx.js';
import {
  copyLots,
  copySpots,
  type LotRow,
  type SpotRow,
} from '../../../parking/bulk/insert-lots.js';
import type { ImportContext } from '../context.js';
import { readInstant } from '../rules/instant.js';
import { readPrice } from '../rules/amount.js';
import { numberSpots } from '../rules/spot-numbers.js';
import { readText } from '../rules/text.js';
import type { Identified } from '../source/identified.js';
import { type Cell, type FlaskLotRow, type FlaskSpotRow, isId } from '../source/rows.js';
import type { FlaskParking } from './read-parking.js';

/** The written lots and spots, as the conversion of bookings needs them. */
export interface WrittenParking {
  readonly lotOfSpot: ReadonlyMap<number, number>;
  /** In minor units per hour. */
  readonly priceOfLot: ReadonlyMap<number, number>;
  /** The spot of bookings without a valid spot id; undefined if there are none. */
  readonly placeholderSpotId: number | undefined;
}

/** Name of the lot for spots and bookings whose own lot is missing. */
const UNKNOWN = '(unknown)';

/** Writes the lots and spots of the file, and placeholders for missing ones. */
export async function importParking(
  tx: Tx,
  parking: FlaskParking,
  { context, occupied }: { context: ImportContext; occupied: ReadonlySet<number> },
): Promise<WrittenParking> {
  const draft = new ParkingDraft(context, parking, occupied);
  const { parking_lots: lotReport, parking_spots: spotReport } = context.report.tables;
  for (const lot of parking.lots) draft.addLot(lot, parking.spotsOfLot.get(lot.id) ?? []);
  draft.addUnknownLot(parking);
  await copyLots(tx, draft.lots);
  await copySpots(tx, draft.spots);
  lotReport.imported = parking.lots.length;
  spotReport.imported = spotReport.read - spotReport.refused;
  return {
    lotOfSpot: new Map(draft.spots.map(({ id, lotId }) => [id, lotId])),
    priceOfLot: new Map(draft.lots.map(({ id, pricePerHour }) => [id, pricePerHour])),
    placeholderSpotId: draft.placeholderSpotId,
  };
}

class ParkingDraft {
  readonly lots: Identified<LotRow>[] = [];
  readonly spots: Identified<SpotRow>[] = [];
  placeholderSpotId: number | undefined;
  private lastSpotId: number;

  constructor(
    private readonly context: ImportContext,
    parking: FlaskParking,
    private readonly occupied: ReadonlySet<number>,
  ) {
    const spots = [...parking.spotsOfLot.values(), parking.orphanSpots].flat();
    this.lastSpotId = highest([...spots.map(({ id }) => id), ...parking.missingSpots]);
  }

  addLot(lot: Identified<FlaskLotRow>, spots: readonly Identified<FlaskSpotRow>[]): void {
    const { report } = this.context;
    const row = convertLot(lot, spots.length, this.context);
    this.lots.push(row);
    const numbers = numberSpots(spots);
    for (const spot of spots) this.spots.push(this.convertSpot(spot, row, numbers));
    if (spots.length > 0) return;
    this.lastSpotId += 1;
    this.spots.push(newSpot(this.lastSpotId, row, 1));
    report.tables.parking_spots.add(this.lastSpotId, 'one spot for a lot that had none');
  }

  /** Adds a retired lot with the orphan and missing spots, if there are any. */
  addUnknownLot({ lots, orphanSpots, missingSpots, hasBookingsWithoutSpot }: FlaskParking): void {
    const { now, report } = this.context;
    if (hasBookingsWithoutSpot) this.placeholderSpotId = this.lastSpotId += 1;
    const added = [...missingSpots, ...(this.placeholderSpotId ? [this.placeholderSpotId] : [])];
    if (orphanSpots.length + added.length === 0) return;
    const missingLots = orphanSpots.map((spot) => spot.lot_id).filter((id) => isId(id));
    const row = unknownLot(highest([...lots.map(({ id }) => id), ...missingLots]) + 1, now);
    const numbers = numberSpots([
      ...orphanSpots,
      ...added.map((id) => ({ id, spot_number: null })),
    ]);
    for (const spot of orphanSpots) {
      report.tables.parking_spots.change(
        spot.id,
        'the lot is missing: retired, in a lot (unknown)',
      );
      this.spots.push(this.convertSpot(spot, row, numbers));
    }
    for (const id of added) {
      report.tables.parking_spots.add(id, 'a retired spot for bookings whose spot is missing');
      this.spots.push(newSpot(id, row, numbers.get(id) ?? 1));
    }
    this.lots.push({ ...row, numberOfSpots: numbers.size });
    report.tables.parking_lots.add(
      row.id,
      'a retired lot (unknown) for spots whose lot is missing',
    );
  }

  private convertSpot(
    spot: Identified<FlaskSpotRow>,
    lot: Identified<LotRow>,
    numbers: ReadonlyMap<number, number>,
  ): Identified<SpotRow> {
    const table = this.context.report.tables.parking_spots;
    const { id } = spot;
    const number = numbers.get(id) ?? 1;
    if (String(spot.spot_number) !== String(number)) {
      table.change(id, 'no number, a duplicate, or not a positive integer: a new number');
    }
    const status = this.occupied.has(id) ? 'O' : 'A';
    if (spot.status !== status) {
      const truth = status === 'O' ? 'an active booking: occupied' : 'no active booking: free';
      table.change(id, `a wrong status with ${truth}`);
    }
    const createdAt = readInstant(spot.created_at);
    if (!createdAt) table.change(id, "no readable created_at: replaced by the lot's");
    if (createdAt?.truncated) table.markTruncated(id);
    return {
      id,
      lotId: lot.id,
      number,
      createdAt: createdAt?.at ?? lot.createdAt,
      retiredAt: lot.retiredAt,
    };
  }
}

function convertLot(
  lot: Identified<FlaskLotRow>,
  spots: number,
  { report, decimals, now }: ImportContext,
): Identified<LotRow> {
  const table = report.tables.parking_lots;
  const { id } = lot;
  const text = (cell: Cell): string => {
    const clean = readText(cell);
    if (!clean) table.change(id, `an empty text: replaced by ${UNKNOWN}`);
    if (clean?.cleaned) table.change(id, 'control characters replaced');
    return clean?.text ?? UNKNOWN;
  };
  const price = readPrice(lot.price, decimals);
  if (!price) table.change(id, 'no valid price: replaced by 0');
  if (price?.rounded) table.change(id, "price rounded to the currency's decimals");
  const numberOfSpots = Math.max(1, spots);
  if (lot.number_of_spots !== numberOfSpots) {
    table.change(id, 'number_of_spots was not the actual number of spots');
  }
  const createdAt = readInstant(lot.created_at);
  if (!createdAt) table.change(id, 'no readable created_at: replaced by the instant of the import');
  const updatedAt = readInstant(lot.updated_at) ?? createdAt;
  if (createdAt?.truncated || updatedAt?.truncated) table.markTruncated(id);
  return {
    id,
    name: text(lot.prime_location_name),
    address: text(lot.address),
    pinCode: text(lot.pin_code),
    pricePerHour: price?.minor ?? 0,
    numberOfSpots,
    createdAt: createdAt?.at ?? now,
    updatedAt: updatedAt?.at ?? now,
    retiredAt: null,
  };
}

function unknownLot(id: number, now: number): Identified<LotRow> {
  return {
    id,
    name: UNKNOWN,
    address: UNKNOWN,
    pinCode: UNKNOWN,
    pricePerHour: 0,
    numberOfSpots: 1,
    createdAt: now,
    updatedAt: now,
    retiredAt: now,
  };
}

function newSpot(
  id: number,
  { id: lotId, createdAt, retiredAt }: Identified<LotRow>,
  number: number,
): Identified<SpotRow> {
  return { id, lotId, number, createdAt, retiredAt };
}

/** Returns 0 for an empty list. */
function highest(ids: readonly number[]): number {
  return ids.reduce((a, b) => Math.max(a, b), 0);
}
