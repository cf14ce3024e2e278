import { Injectable } from '@nestjs/common';
import {
  SerializedPage,
  serializeList,
  slicePage,
} from '../../platform/http/fast-json/serialized-list.js';
import { Currency } from '../../platform/money/money.js';
import { decodeCursor, type PageRequest } from '../../platform/page.js';
import { SECOND } from '../../platform/time/durations.js';
import type { LotView } from '../../parking/lots/lot-queries.js';
import { type Near, nearestPage } from '../../parking/lots/nearest.js';
import { CurrentLots } from '../../parking/occupancy/current-lots.js';
import { mapFeatures } from './lots-geojson.js';
import { mapPublicLot, type PublicLotDto } from './public-lot.dto.js';

/**
 * How old the cached lots may be, in milliseconds. Together with {@link CLIENT_MAX_AGE}, this is the
 * 5 s of docs/contract.md.
 */
const MAX_AGE = 2 * SECOND;
/** How long clients keep a response, in seconds. */
export const CLIENT_MAX_AGE = 3;

/** The lots that everyone may see, from the cache. */
@Injectable()
export class PublicLotsQueries {
  constructor(
    private readonly currentLots: CurrentLots,
    private readonly currency: Currency,
  ) {}

  /** All lots by id, as JSON. */
  async list(query: PageRequest): Promise<SerializedPage> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const lots = await this.currentLots.remember({
      key: 'lots:public',
      maxAge: MAX_AGE,
      compute: (all) => serializeList(this.map(all)),
    });
    return slicePage(lots, { afterId, limit: query.limit });
  }

  /** The lots within the radius, the nearest first, as JSON. */
  async listNear(query: PageRequest, near: Near): Promise<SerializedPage> {
    const page = nearestPage(await this.all(), near, query);
    const { json } = serializeList(
      page.items.map(({ lot, distance }) => ({
        ...mapPublicLot(lot, this.currency),
        distance_metres: distance,
      })),
    );
    return new SerializedPage(json, page.next);
  }

  /** The lots whose position is known, as GeoJSON. */
  geoJson(): Promise<Buffer> {
    return this.currentLots.remember({
      key: 'lots:geojson',
      maxAge: MAX_AGE,
      compute: (all) => Buffer.from(JSON.stringify(mapFeatures(this.map(all)))),
    });
  }

  /** All lots, by id. */
  all(): Promise<readonly LotView[]> {
    return this.currentLots.remember({
      key: 'lots:all',
      maxAge: MAX_AGE,
      compute: (all) => all,
    });
  }

  private map(lots: readonly LotView[]): PublicLotDto[] {
    return lots.map((lot) => mapPublicLot(lot, this.currency));
  }
}
