import { Injectable } from '@nestjs/common';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { decodeCursor, type PageRequest } from '../../platform/page.js';
import {
  slicePage,
  type SerializedList,
  type SerializedPage,
  serializeList,
} from '../../platform/http/fast-json/serialized-list.js';
import { Currency } from '../../platform/money.js';
import { mapLot } from '../../api-models/lot.dto.js';
import { listAvailableLotViews } from '../../parking/lots/lot-queries.js';
import { PARKING_TAG } from '../../parking/cache-tags.js';
import { MINUTE } from '../../platform/time/durations.js';

/** In milliseconds (docs/contract.md). */
const MAX_AGE = MINUTE;

@Injectable()
export class AvailableLotsQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly cache: TaggedCache,
    private readonly currency: Currency,
  ) {}

  /** Lots with a free spot, by id: at most a minute old, and never older than a completed write. */
  async list(query: PageRequest): Promise<SerializedPage> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const lots = await this.cache.remember({
      key: 'available-lots',
      maxAge: MAX_AGE,
      tags: [PARKING_TAG],
      load: () => this.load(),
    });
    return slicePage(lots, { afterId, limit: query.limit });
  }

  private async load(): Promise<SerializedList> {
    const lots = await listAvailableLotViews(this.database);
    return serializeList(lots.map((lot) => mapLot(lot, this.currency)));
  }
}
