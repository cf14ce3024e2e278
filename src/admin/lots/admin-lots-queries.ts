import { Injectable } from '@nestjs/common';
import { mapLot } from '../../api-models/lot.dto.js';
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
 * In milliseconds. A write invalidates the lots before its response, so they can only be outdated if
 * the program is killed between the commit and the invalidation.
 */
const MAX_AGE = 2 * SECOND;

@Injectable()
export class AdminLotsQueries {
  constructor(
    private readonly currentLots: CurrentLots,
    private readonly currency: Currency,
    private readonly configuration: Configuration,
  ) {}

  /** All lots by id, as JSON; never older than a completed write. */
  async list(query: PageRequest): Promise<SerializedPage> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const { currency } = this;
    const { timezone } = this.configuration;
    const lots = await this.currentLots.remember({
      key: 'lots:admin',
      maxAge: MAX_AGE,
      compute: (all) => serializeList(all.map((lot) => mapLot(lot, { currency, timezone }))),
    });
    return slicePage(lots, { afterId, limit: query.limit });
  }
}
