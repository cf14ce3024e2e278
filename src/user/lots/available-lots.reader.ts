import { Injectable } from '@nestjs/common';
import { Cache } from '../../common/cache/cache.js';
import { Reader } from '../../common/database/data-sources.js';
import { decodeCursor, Page } from '../../common/http/pagination/page.js';
import type { PageQuery } from '../../common/http/pagination/page-query.dto.js';
import { Rendered } from '../../common/http/pagination/rendered.js';
import { Currency } from '../../common/money.js';
import { mapLot } from '../../parking/lots/lot.dto.js';
import { listAvailableLotViews } from '../../parking/lots/lot-view.js';

/** One minute, in milliseconds (contract). */
const MAX_AGE = 60_000;

@Injectable()
export class AvailableLotsReader {
  constructor(
    private readonly reader: Reader,
    private readonly cache: Cache,
    private readonly currency: Currency,
  ) {}

  /** Lots with a free spot, by id: at most a minute old, and never older than a write of the asker. */
  async list(query: PageQuery): Promise<Page<Rendered>> {
    const [afterId = 0] = decodeCursor(query, 1) ?? [];
    const lots = await this.cache.remember({
      key: 'available-lots',
      maxAge: MAX_AGE,
      topics: ['parking'],
      load: () => this.load(),
    });
    const first = lots.findIndex(({ id }) => id > afterId);
    const rows = first < 0 ? [] : lots.slice(first, first + query.limit + 1);
    const items = rows.map(({ id, json }) => new Rendered(id, json));
    return Page.of(items, query.limit, ({ id }) => [id]);
  }

  private async load(): Promise<readonly Pick<Rendered, 'id' | 'json'>[]> {
    const lots = await listAvailableLotViews(this.reader);
    return lots.map((lot) => ({ id: lot.id, json: JSON.stringify(mapLot(lot, this.currency)) }));
  }
}
