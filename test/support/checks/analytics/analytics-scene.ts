import { expect } from 'vitest';
import { Analytics } from '../../../../src/analytics/analytics.service.js';
import { AnalyticsNotReady } from '../../../../src/analytics/errors.js';
import { PERIOD_KINDS, type PeriodKind } from '../../../../src/analytics/lots/lot-periods.js';
import type { LotMetrics } from '../../../../src/analytics/metrics.js';
import { DAY, HOUR, MINUTE } from '../../../../src/platform/time/durations.js';
import type { FixedClock } from '../../app/fixed-clock.js';
import type { TestApp } from '../../app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../data/factories.js';
import { queryDatabase } from '../../data/test-database.js';
import type { ApiClient } from '../../http/clients/api-client.js';
import { type AnalyticsStep, DRIVERS } from './analytics-steps.js';
import { plainMetrics, type StoredBooking } from './plain-analytics.js';

/** A lot of a sequence, with what the test has stored for it. */
export interface ModelLot {
  readonly id: number;
  readonly createdAt: number;
  deletedAt: number;
  readonly spots: { since: number; numberOfSpots: number }[];
}

/** Takes steps in a program, and compares its analytics with the bookings. */
export class AnalyticsScene {
  private constructor(
    private readonly vpms: TestApp,
    private readonly clock: FixedClock,
    readonly admin: ApiClient,
    private readonly drivers: readonly TestAccount[],
  ) {}

  static async start(vpms: TestApp, clock: FixedClock): Promise<AnalyticsScene> {
    const drivers = await Promise.all(Array.from({ length: DRIVERS }, () => createMember(vpms)));
    const admin = vpms.as(await createMember(vpms, 'admin'));
    return new AnalyticsScene(vpms, clock, admin, drivers);
  }

  now(): number {
    return this.clock.now().getTime();
  }

  sql<Row extends object>(text: string): Promise<Row[]> {
    return queryDatabase<Row>(this.vpms.dataDirectory, text);
  }

  get firstDriver(): TestAccount {
    const [first] = this.drivers;
    if (!first) throw new Error('there are no drivers');
    return first;
  }

  /** The API, called as the driver with the given index. */
  driver(index: number): ApiClient {
    return this.vpms.as(this.drivers[index] ?? this.firstDriver);
  }

  async newLot(timeZone: string): Promise<ModelLot> {
    const { id } = await createLot(this.vpms, { numberOfSpots: 3, timeZone });
    const createdAt = this.now();
    return {
      id,
      createdAt,
      deletedAt: Infinity,
      spots: [{ since: createdAt, numberOfSpots: 3 }],
    };
  }

  async perform(lot: ModelLot, chosen: AnalyticsStep): Promise<void> {
    switch (chosen.action) {
      case 'wait':
        this.clock.advance(chosen.time);
        return;
      case 'compare':
        await this.expectExact(lot);
        return;
      case 'resize': {
        const { status } = await this.admin.updateLot(lot.id, {
          number_of_spots: chosen.numberOfSpots,
        });
        if (status !== 200) return;
        if (lot.spots.at(-1)?.since === this.now()) lot.spots.pop();
        lot.spots.push({ since: this.now(), numberOfSpots: chosen.numberOfSpots });
        return;
      }
      default:
        await this.act(lot, chosen);
    }
  }

  private async act(
    lot: ModelLot,
    chosen: Exclude<AnalyticsStep, { action: 'wait' | 'compare' | 'resize' }>,
  ): Promise<void> {
    const api = this.driver(chosen.driver);
    const [active] = (await api.get('/api/user/bookings?status=active')).body;
    switch (chosen.action) {
      case 'park':
        await api.post('/api/user/book-parking', { body: { lot_id: lot.id } });
        return;
      case 'leave':
        if (active) await api.post(`/api/user/bookings/${active.id}/release`);
        return;
      case 'reserve': {
        const from = this.now() + chosen.minutes * MINUTE;
        const window = { from: new Date(from), until: new Date(from + 45 * MINUTE) };
        await api.post('/api/user/bookings', { body: { lot_id: lot.id, ...window } });
        return;
      }
      case 'cancel': {
        const [reserved] = (await api.get('/api/user/bookings?status=reserved')).body;
        if (reserved) await api.post(`/api/user/bookings/${reserved.id}/cancel`);
        return;
      }
      case 'late':
        if (!active) return;
        await this.sql(`UPDATE reservations SET parked_at = parked_at - ${chosen.time}
          WHERE id = ${active.id} AND parked_at - ${chosen.time} > ${lot.createdAt}`);
    }
  }

  /** Reads all analytics of the lot, and compares each row with the bookings. */
  async expectExact(lot: ModelLot): Promise<void> {
    for (const by of PERIOD_KINDS) {
      const rows = await this.readAll(lot, by);
      const bookings = await this.sql<StoredBooking>(
        `SELECT * FROM reservations WHERE lot_id = ${lot.id}`,
      );
      const expected = rows.map(({ lotId, lotName, from, until }) => ({
        lotId,
        lotName,
        from,
        until,
        ...plainMetrics(bookings, lot, { from, until, now: this.now() }),
      }));
      expect(rows, `by ${by}`).toEqual(expected);
      this.expectAdjacent(rows, lot);
    }
  }

  /** Expects that the periods cover the time from the creation until now, without gaps. */
  private expectAdjacent(rows: readonly LotMetrics[], lot: ModelLot): void {
    expect(rows[0]?.from).toBeLessThanOrEqual(lot.createdAt);
    expect(rows.at(-1)?.until).toBeGreaterThan(Math.min(this.now(), lot.deletedAt - 1));
    for (const [index, row] of rows.entries()) {
      if (index > 0) expect(row.from).toBe(rows[index - 1]?.until);
    }
  }

  /** Reads all pages. Retries, as a client does, while summing the past hours takes longer than a second. */
  async readAll(lot: ModelLot, by: PeriodKind): Promise<LotMetrics[]> {
    const day = (instant: number) => Math.floor(instant / DAY);
    const dates = { from: day(lot.createdAt) - 40, until: day(this.now()) + 40 };
    for (;;) {
      try {
        return await this.vpms.app.get(Analytics).all({ lotId: lot.id, dates, by });
      } catch (error) {
        if (!(error instanceof AnalyticsNotReady)) throw error;
      }
    }
  }

  async emptyLots(): Promise<void> {
    await this.sql(`UPDATE reservations SET status = 'completed', left_at = ${this.now()}, cost = 0,
      claim_from = NULL, claim_until = NULL WHERE status = 'active'`);
    this.clock.advance(30 * DAY);
  }

  /** Stores a stay that is over, as an import does. */
  async storeStay(lot: ModelLot, times: readonly [string, string]): Promise<void> {
    const [spot] = await this.sql<{ id: number }>(`SELECT id FROM spots WHERE lot_id = ${lot.id}`);
    const [from, until] = times.map((time) => Date.parse(time));
    await this.sql(`INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at,
      price_per_hour, cost, created_at, updated_at) VALUES (${spot?.id}, ${lot.id},
      ${this.firstDriver.id}, 'completed', ${from}, ${until}, 1000, 1000, ${from}, ${until})`);
  }

  /** Inserts stays of 40 minutes to some days on the first spot of the lot, as an import does. */
  async insertHistory(lot: ModelLot, since: number): Promise<void> {
    const [spot] = await this.sql<{ id: number }>(`SELECT id FROM spots WHERE lot_id = ${lot.id}`);
    const rows: string[] = [];
    let at = since;
    for (let index = 0; index < 1_500 && at < this.now() - 5 * DAY; index += 1) {
      const leaves =
        at + 40 * MINUTE + (index % 97 === 0 ? 3 * DAY : (index * 7_919_011) % (4 * HOUR));
      rows.push(`(${spot?.id}, ${lot.id}, ${this.firstDriver.id}, 'completed', ${at}, ${leaves}, 1000,
        ${(index * 31) % 977}, ${at}, ${leaves})`);
      at = leaves + ((index * 104_729) % (12 * HOUR));
    }
    await this.sql(`INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at,
      price_per_hour, cost, created_at, updated_at) VALUES ${rows.join(', ')}`);
  }
}
