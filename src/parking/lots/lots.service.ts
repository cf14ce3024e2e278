import type { Tx } from '../../platform/database/tx.js';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Principal } from '../../platform/principal.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { Currency } from '../../platform/money/money.js';
import { Clock } from '../../platform/time/clock.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { TransactionRunner, type UnitOfWork } from '../../platform/database/transaction-runner.js';
import { PARKING_TAG } from '../cache-tags.js';
import { LotNotFound } from '../errors.js';
import { LotHasTariff, TooFewSpots } from './errors.js';
import { addSpots, countOccupied, retireSpots } from '../spots/spot-stock.js';
import { lotDifference, lotValues } from './audited-lot.js';
import { deleteGatesOf } from './gates-of-lot.js';
import { LotCapacity } from './lot-capacity.js';
import { Lot } from './lot.entity.js';
import { findLotView, type LotView } from './lot-queries.js';

/** The greatest hourly price of a lot without a tariff, in major units. */
export const MAX_PRICE = 1_000_000;

export interface NewLot {
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  /** In minor units. */
  readonly pricePerHour: number;
  readonly numberOfSpots: number;
  /** IANA name; null for the installation's time zone. */
  readonly timeZone?: string | null;
  /** In degrees; null, like the longitude, if the position is unknown. */
  readonly latitude?: number | null;
  readonly longitude?: number | null;
}

/** Creates, changes and retires lots; each change is audited. */
@Injectable()
export class LotsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly currency: Currency,
    private readonly capacity: LotCapacity,
  ) {}

  /** Creates the lot with its spots, numbered from 1. */
  create(transactions: TransactionRunner, newLot: NewLot, principal: Principal): Promise<LotView> {
    return this.write(transactions, async (tx) => {
      const now = this.clock.now();
      const lot = { ...newLot, createdAt: now, updatedAt: now, retiredAt: null };
      const id = await tx.insert(Lot, lot);
      await addSpots(tx, { lotId: id, count: newLot.numberOfSpots, now });
      const about = { at: now, by: principal, targetId: id };
      await recordAudit(tx, { ...about, action: 'lot.created', after: lotValues(newLot) });
      return this.viewOf(tx, id);
    });
  }

  /**
   * Changes the given fields, and adds or retires spots if their number changes. Existing
   * reservations are not affected.
   * @throws LotNotFound | TooFewSpots
   * @throws LotHasTariff if the price differs from the price of the lot's tariff
   * @throws ValidationFailed if the price is above the limit
   */
  update(lotId: number, sent: Partial<NewLot>, principal: Principal): Promise<LotView> {
    return this.write(this.transactions, async (tx) => {
      const lot = await lockLot(tx, lotId);
      // Counted before the clock is read, because the change must be later than the releases that made room.
      const occupied = await countOccupied(tx, lotId);
      const now = await this.capacity.settle(tx, lotId);
      const changes = withoutPriceOfTariff(await this.viewOf(tx, lotId), sent);
      this.assertPrice(changes.pricePerHour);
      const difference = lotDifference(lot, changes);
      if (Object.keys(difference.after).length === 0) return this.viewOf(tx, lotId);

      const wanted = changes.numberOfSpots ?? lot.numberOfSpots;
      if (wanted < occupied) throw new TooFewSpots(lotId, occupied);
      const count = Math.abs(wanted - lot.numberOfSpots);
      if (wanted > lot.numberOfSpots) await this.capacity.addSpots(tx, { lotId, count, now });
      if (wanted < lot.numberOfSpots) await this.capacity.retireSpots(tx, { lotId, count, now });
      await tx.update(Lot, { id: lotId }, { ...changes, updatedAt: now });
      const about = { at: now, by: principal, targetId: lotId };
      await recordAudit(tx, { ...about, action: 'lot.updated', ...difference });
      return this.viewOf(tx, lotId);
    });
  }

  /**
   * Retires the lot and its spots; past bookings still show them.
   * @throws LotNotFound | LotOccupied
   */
  delete(lotId: number, principal: Principal): Promise<void> {
    return this.write(this.transactions, async (tx) => {
      const lot = await lockLot(tx, lotId);
      await this.capacity.assertNoBookings(tx, lotId);
      const now = this.clock.now();
      await deleteGatesOf(tx, lotId, { at: now, by: principal });
      await retireSpots(tx, { lotId, count: lot.numberOfSpots, now });
      await tx.update(Lot, { id: lotId }, { updatedAt: now, retiredAt: now });
      const about = { at: now, by: principal, targetId: lotId };
      await recordAudit(tx, { ...about, action: 'lot.deleted', before: lotValues(lot) });
    });
  }

  /**
   * Validation does not check this limit, because a tariff's price may exceed it, and forms send
   * that price back unchanged.
   * @throws ValidationFailed
   */
  private assertPrice(pricePerHour = 0): void {
    if (pricePerHour <= (this.currency.toMinor(MAX_PRICE) ?? 0)) return;
    const message = `price must be a number from 0 to ${MAX_PRICE}`;
    throw new ValidationFailed([{ field: 'price', message }]);
  }

  private async viewOf(tx: Tx, id: number): Promise<LotView> {
    const view = await findLotView(tx, id, this.clock.now().getTime());
    if (!view) throw new LotNotFound(id);
    return view;
  }

  private write<T>(transactions: TransactionRunner, unit: UnitOfWork<T>): Promise<T> {
    return invalidateAfter(transactions.run(unit), this.cache, [PARKING_TAG]);
  }
}

/**
 * Locks the lot until the unit ends, so that no booking or change runs concurrently.
 * @throws LotNotFound
 */
async function lockLot(tx: Tx, id: number): Promise<Lot> {
  await tx.sql`SELECT id FROM lots WHERE id = ${id} ${rowLock(tx, 'FOR UPDATE')}`;
  const lot = await tx.findOneBy(Lot, { id, retiredAt: IsNull() });
  if (!lot) throw new LotNotFound(id);
  return lot;
}

/**
 * Clients send whole forms, so the price of a lot with a tariff may be sent again, but not changed.
 * @throws LotHasTariff
 */
function withoutPriceOfTariff(lot: LotView, changes: Partial<NewLot>): Partial<NewLot> {
  const { pricePerHour, ...others } = changes;
  if (lot.tariffId === null || pricePerHour === undefined) return changes;
  if (pricePerHour !== lot.pricePerHour) throw new LotHasTariff(lot.id);
  return others;
}
