import { Injectable } from '@nestjs/common';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import {
  type SerializedList,
  SerializedPage,
  serializeList,
  slicePage,
} from '../../platform/http/fast-json/serialized-list.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Currency } from '../../platform/money/money.js';
import { type AvailableLotDto, mapLot } from '../../api-models/lot.dto.js';
import { hasFreeSpot, type LotView } from '../../parking/lots/lot-queries.js';
import { type Near, nearestPage } from '../../parking/lots/nearest.js';
import type { Window } from '../../parking/claims/lot-claims.js';
import { CurrentLots } from '../../parking/occupancy/current-lots.js';
import {
  type LotWithRoom,
  LotsWithRoom,
} from '../../parking/reservations/ahead/capacity/lots-with-room.js';
import { MINUTE } from '../../platform/time/durations.js';

/** How old the lots may be, in milliseconds (docs/contract.md). */
const MAX_AGE = MINUTE;

@Injectable()
export class AvailableLotsQueries {
  constructor(
    private readonly currentLots: CurrentLots,
    private readonly lotsWithRoom: LotsWithRoom,
    private readonly currency: Currency,
    private readonly configuration: Configuration,
  ) {}

  /** Lots with a free spot, by id: at most a minute old, and never older than a completed write. */
  async list(query: PageRequest): Promise<SerializedPage> {
    const [afterId = 0] = decodeCursor(query, 'id') ?? [];
    const lots: SerializedList = await this.currentLots.remember({
      key: 'lots:available',
      maxAge: MAX_AGE,
      compute: (all) => serializeList(all.filter(hasFreeSpot).map((lot) => this.map(lot))),
    });
    return slicePage(lots, { afterId, limit: query.limit });
  }

  /** The lots of {@link list}, the nearest first. */
  async listNear(query: PageRequest, near: Near): Promise<Page<AvailableLotDto>> {
    const lots = await this.currentLots.remember({
      key: 'lots:with-free-spots',
      maxAge: MAX_AGE,
      compute: (all) => all.filter(hasFreeSpot),
    });
    return nearestPage(lots, near, query).map(({ lot, distance }) => ({
      ...this.map(lot),
      distance_metres: distance,
    }));
  }

  /** Lots with room for the window, by id, with the price of the window as `total`. */
  async listForWindow(query: PageRequest, window: Window): Promise<Page<AvailableLotDto>> {
    const page = await this.lotsWithRoom.list(query, window);
    return page.map((lot) => this.mapWithTotal(lot));
  }

  /** The lots of {@link listForWindow}, the nearest first. */
  async listNearForWindow(
    query: PageRequest,
    { near, window }: { readonly near: Near; readonly window: Window },
  ): Promise<Page<AvailableLotDto>> {
    const page = await this.lotsWithRoom.listNear(query, { near, window });
    return page.map(({ lot, distance }) => ({
      ...this.mapWithTotal(lot),
      distance_metres: distance,
    }));
  }

  private mapWithTotal(lot: LotWithRoom): AvailableLotDto {
    return { ...this.map(lot), total: this.currency.fromMinor(lot.total) };
  }

  private map(lot: LotView) {
    return mapLot(lot, { currency: this.currency, timezone: this.configuration.timezone });
  }
}
