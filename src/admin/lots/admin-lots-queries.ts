import { Injectable } from '@nestjs/common';
import { mapLot } from '../../api-models/lot.dto.js';
import type { LotView } from '../../parking/lots/lot-queries.js';
import { CurrentLots } from '../../parking/occupancy/current-lots.js';
import { Configuration } from '../../platform/config/configuration.js';
import {
  type SerializedPage,
  serializeList,
  slicePage,
} from '../../platform/http/fast-json/serialized-list.js';
import { Currency } from '../../platform/money/money.js';
import { decodeCursor, type PageRequest } from '../../platform/page.js';
import { SECOND } from '../../platform/time/durations.js';

/**
 * In milliseconds. A write invalidates the cached lots before its response, so they can only be outdated
 * if the program is killed between the commit and the invalidation.
 */
const MAX_AGE = 2 * SECOND;

@Injectable()
export class AdminLotsQueries {
  constructor(
    private readonly currentLots: CurrentLots,
    private readonly currency: Currency,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Lots by id, as JSON; never older than a completed write. Only first pages are cached, because the
   * number of other pages is not limited.
   */
  async list(query: PageRequest): Promise<SerializedPage> {
    const { currency } = this;
    const { timezone } = this.configuration;
    const compute = (lots: readonly LotView[]) =>
      serializeList(lots.map((lot) => mapLot(lot, { currency, timezone })));
    const { limit } = query;
    const [afterId] = decodeCursor(query, 'id') ?? [];
    const key = `lots:admin:${limit}`;
    // Read one lot more than the page holds, to detect whether another page follows.
    const first = limit + 1;
    const lots =
      afterId === undefined
        ? await this.currentLots.remember({ key, maxAge: MAX_AGE, first, compute })
        : compute(await this.currentLots.after(afterId, first));
    return slicePage(lots, { afterId: afterId ?? 0, limit });
  }
}
