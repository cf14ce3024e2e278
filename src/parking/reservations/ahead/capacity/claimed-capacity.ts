import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/tx.js';
import { readLotClaims } from '../../../claims/claim-queries.js';
import { removeRetiredClaims, replan } from '../../../claims/claim-writes.js';
import { peakOf } from '../../../claims/plan.js';
import { LotOccupied, TooFewSpots } from '../../../lots/errors.js';
import type { LotCapacity, SpotChange } from '../../../lots/lot-capacity.js';
import { addSpots, retireSpots } from '../../../spots/spot-stock.js';
import { hasBookingsAhead } from '../../stays/parking-queries.js';
import { AheadUnits } from '../ahead-units.js';

/** Keeps as many spots in a lot as its bookings claim, and plans the lot again when they change. */
@Injectable()
export class ClaimedCapacity implements LotCapacity {
  constructor(private readonly units: AheadUnits) {}

  async settle(tx: Tx, lotId: number): Promise<Date> {
    return new Date(await this.units.enter(tx, lotId));
  }

  async assertNoBookings(tx: Tx, lotId: number): Promise<void> {
    const now = await this.units.enter(tx, lotId);
    const { parked, bookings } = await readLotClaims(tx, lotId, now);
    const live = parked.length + bookings.length;
    if (live > 0) throw new LotOccupied(lotId, live);
  }

  async addSpots(tx: Tx, change: SpotChange): Promise<void> {
    await addSpots(tx, change);
    const { lotId, now } = change;
    if (await hasBookingsAhead(tx, lotId)) await replan(tx, lotId, now.getTime());
  }

  async retireSpots(tx: Tx, change: SpotChange): Promise<void> {
    const { lotId, count } = change;
    const now = change.now.getTime();
    const claims = await readLotClaims(tx, lotId, now);
    const claimed = claims.bookings.filter(({ spotId }) => spotId !== null);
    const needed = peakOf({ ...claims, bookings: claimed });
    if (claims.spots.length - count < needed) throw new TooFewSpots(lotId, needed);
    await retireSpots(tx, change);
    if (claims.bookings.length === 0) return;
    await removeRetiredClaims(tx, lotId);
    await replan(tx, lotId, now);
  }
}
