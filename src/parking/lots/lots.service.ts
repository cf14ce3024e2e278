import type { Tx } from '../../platform/database/tx.js';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Principal } from '../../platform/principal.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { TransactionRunner, type UnitOfWork } from '../../platform/database/transaction-runner.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { PARKING_TAG } from '../cache-tags.js';
import { LotNotFound, LotOccupied, TooFewSpots } from '../errors.js';
import { addSpots, countOccupied, retireSpots } from '../spots/spot-stock.js';
import { lotDifference, lotValues } from './audited-lot.js';
import { Lot } from './lot.entity.js';
import { findLotView, listLotViews, type LotView } from './lot-queries.js';

export interface NewLot {
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  /** In minor units. */
  readonly pricePerHour: number;
  readonly numberOfSpots: number;
}

/** Creates, changes and retires lots; each change is audited. */
@Injectable()
export class LotsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** Lots that are not retired, by id. */
  async list(query: PageRequest): Promise<Page<LotView>> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const rows = await listLotViews(this.database, { afterId, limit: query.limit + 1 });
    return Page.of(rows, query.limit, ({ id }) => [id]);
  }

  /** Creates the lot with its spots, numbered from 1. */
  create(transactions: TransactionRunner, newLot: NewLot, principal: Principal): Promise<LotView> {
    return this.write(transactions, async (tx) => {
      const now = this.clock.now();
      const lot = { ...newLot, createdAt: now, updatedAt: now, retiredAt: null };
      const id = await tx.insert(Lot, lot);
      await addSpots(tx, { lotId: id, count: newLot.numberOfSpots, now });
      const about = { at: now, by: principal, targetId: id };
      await recordAudit(tx, { ...about, action: 'lot.created', after: lotValues(newLot) });
      return viewOf(tx, id);
    });
  }

  /**
   * Changes the given fields, and adds or retires spots if their number changes. Existing
   * reservations are not affected.
   * @throws LotNotFound | TooFewSpots
   */
  update(lotId: number, changes: Partial<NewLot>, principal: Principal): Promise<LotView> {
    return this.write(this.transactions, async (tx) => {
      const lot = await lockLot(tx, lotId);
      const occupied = await countOccupied(tx, lotId);
      const difference = lotDifference(lot, changes);
      if (Object.keys(difference.after).length === 0) return viewOf(tx, lotId);

      const now = this.clock.now();
      const wanted = changes.numberOfSpots ?? lot.numberOfSpots;
      if (wanted < occupied) throw new TooFewSpots(lotId, occupied);
      const count = Math.abs(wanted - lot.numberOfSpots);
      if (wanted > lot.numberOfSpots) await addSpots(tx, { lotId, count, now });
      if (wanted < lot.numberOfSpots) await retireSpots(tx, { lotId, count, now });
      await tx.update(Lot, { id: lotId }, { ...changes, updatedAt: now });
      const about = { at: now, by: principal, targetId: lotId };
      await recordAudit(tx, { ...about, action: 'lot.updated', ...difference });
      return viewOf(tx, lotId);
    });
  }

  /**
   * Retires the lot and its spots; past bookings still show them.
   * @throws LotNotFound | LotOccupied
   */
  delete(lotId: number, principal: Principal): Promise<void> {
    return this.write(this.transactions, async (tx) => {
      const lot = await lockLot(tx, lotId);
      const occupied = await countOccupied(tx, lotId);
      if (occupied > 0) throw new LotOccupied(lotId, occupied);
      const now = this.clock.now();
      await retireSpots(tx, { lotId, count: lot.numberOfSpots, now });
      await tx.update(Lot, { id: lotId }, { updatedAt: now, retiredAt: now });
      const about = { at: now, by: principal, targetId: lotId };
      await recordAudit(tx, { ...about, action: 'lot.deleted', before: lotValues(lot) });
    });
  }

  private async write<T>(transactions: TransactionRunner, unit: UnitOfWork<T>): Promise<T> {
    const result = await transactions.run(unit);
    await this.cache.invalidate(PARKING_TAG);
    return result;
  }
}

/**
 * Locks the lot until the unit ends, so that no booking or change runs concurrently. @throws
 * LotNotFound
 */
async function lockLot(tx: Tx, id: number): Promise<Lot> {
  await tx.sql`SELECT id FROM lots WHERE id = ${id} ${rowLock(tx, 'FOR UPDATE')}`;
  const lot = await tx.findOneBy(Lot, { id, retiredAt: IsNull() });
  if (!lot) throw new LotNotFound(id);
  return lot;
}

async function viewOf(tx: Tx, id: number): Promise<LotView> {
  const view = await findLotView(tx, id);
  if (!view) throw new LotNotFound(id);
  return view;
}
