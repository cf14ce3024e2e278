import { Injectable } from '@nestjs/common';
import type { Queryable } from '../../../../platform/database/queryable.js';
import { ReadDatabase } from '../../../../platform/database/read-database.js';
import { decodeCursor, Page, type PageRequest } from '../../../../platform/page.js';
import { Clock } from '../../../../platform/time/clock.js';
import { readWindowClaims } from '../../../claims/window-claims.js';
import type { Window } from '../../../claims/lot-claims.js';
import { isFull } from '../../../claims/plan.js';
import { listLotViews, type LotView } from '../../../lots/lot-queries.js';
import { type Near, type Nearby, nearestPage } from '../../../lots/nearest.js';
import { AgreedTariffs } from '../../../tariffs/versions/agreed-tariffs.js';
import { chargeInTurns } from '../../../tariffs/evaluation/charge-within.js';
import { AheadUnits } from '../ahead-units.js';

/** A lot with room for a window, and its price in minor units. */
export interface LotWithRoom extends LotView {
  readonly total: number;
}

/** Number of lots that are read at once, until enough lots with room are found. */
const BATCH = 200;

interface FoundRange {
  /** Only lots with a greater id. */
  readonly afterId: number;
  readonly count: number;
}

const EVERY_LOT: FoundRange = { afterId: 0, count: Infinity };

/** Finds lots that have room for a whole window. */
@Injectable()
export class LotsWithRoom {
  constructor(
    private readonly database: ReadDatabase,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
    private readonly tariffs: AgreedTariffs,
  ) {}

  /** Lots with room for the window (ms), by id, with the price of the window by the current tariff. */
  async list(query: PageRequest, window: Window): Promise<Page<LotWithRoom>> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const found = await this.find(window, { afterId, count: query.limit + 1 });
    return this.withTotals(
      Page.of(found, query.limit, ({ id }) => [id]),
      window,
    );
  }

  /** The lots of {@link list}, the nearest first. */
  async listNear(
    query: PageRequest,
    { near, window }: { readonly near: Near; readonly window: Window },
  ): Promise<Page<Nearby<LotWithRoom>>> {
    const page = nearestPage(await this.find(window, EVERY_LOT), near, query);
    const lots = await this.withTotals(
      page.map(({ lot }) => lot),
      window,
    );
    const distances = page.items.map(({ distance }) => distance);
    const items = lots.items.map((lot, index) => ({ lot, distance: distances[index] ?? 0 }));
    return new Page(items, page.next);
  }

  private async find(window: Window, { afterId, count }: FoundRange): Promise<LotView[]> {
    await this.units.settleDue();
    const now = this.clock.now().getTime();
    const found: LotView[] = [];
    for (let last = afterId; ;) {
      const lots = await listLotViews(this.database, { afterId: last, limit: BATCH, now });
      const claims = await readWindowClaims(this.database, lots, { ...window, now });
      found.push(...lots.filter((lot) => !isFull(claims(lot), window)));
      last = lots.at(-1)?.id ?? last;
      if (lots.length < BATCH || found.length >= count) return found.slice(0, count);
    }
  }

  private async withTotals(page: Page<LotView>, window: Window): Promise<Page<LotWithRoom>> {
    const items: LotWithRoom[] = [];
    for (const lot of page.items) {
      items.push({ ...lot, total: await this.priceOf(this.database, lot, window) });
    }
    return new Page(items, page.next);
  }

  private async priceOf(source: Queryable, lot: LotView, window: Window): Promise<number> {
    const { tariffId, pricePerHour, timeZone: lotTimeZone } = lot;
    const agreed = await this.tariffs.ofBooking(source, { tariffId, pricePerHour, lotTimeZone });
    const stay = { ...window, timeZone: agreed.timeZone };
    return (await chargeInTurns(agreed.tariff, stay)).total;
  }
}
