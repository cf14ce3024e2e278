import { performance } from 'node:perf_hooks';
import { expect } from 'vitest';
import { type Cluster, type Driver, pick } from './cluster.js';
import type { HttpResponse } from '../http/clients/http-client.js';
import type { VpmsProcess } from '../processes/processes.js';

interface LoadResponse {
  /** Action, status and error code, such as `book 201` or `release 409 ALREADY_RELEASED`. */
  readonly kind: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly milliseconds: number;
}

interface LoadOptions {
  readonly apis: readonly VpmsProcess[];
  readonly drivers: readonly Driver[];
  readonly lots: readonly number[];
}

/** Drivers who book and release in a loop on all instances until they are stopped. */
export class BookingLoad {
  readonly responses: LoadResponse[] = [];
  /** Acknowledged bookings and their drivers. */
  readonly booked = new Map<number, number>();
  /** Acknowledged releases. */
  readonly released = new Set<number>();
  private isOver = false;
  private readonly finished: Promise<unknown>;

  constructor(private readonly options: LoadOptions) {
    this.finished = Promise.all(options.drivers.map((driver, index) => this.drive(driver, index)));
    // Rejections are reported by `stop`.
    this.finished.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.finished;
  }

  /** Number of responses by kind. */
  get tally(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { kind } of this.responses) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** Longest response time, in milliseconds. */
  get longestWait(): number {
    return Math.max(...this.responses.map(({ milliseconds }) => milliseconds));
  }

  /** Expects that every acknowledged booking is stored with its driver. */
  async expectAcknowledgedWritesStored(cluster: Pick<Cluster, 'sql'>): Promise<void> {
    const rows = await cluster.sql<{ id: number; user_id: number; left_at: number | null }>(
      'SELECT id, user_id, left_at FROM reservations',
    );
    const kept = new Map(rows.map((row) => [row.id, row]));
    const broken = [...this.booked]
      .map(([id, userId]) => ({ id, userId, row: kept.get(id) }))
      .filter(({ id, userId, row }) => {
        if (!row || row.user_id !== userId) return true;
        return this.released.has(id) && row.left_at === null;
      });
    expect(broken).toEqual([]);
  }

  private async drive({ id: userId, token }: Driver, index: number): Promise<void> {
    const { apis, lots } = this.options;
    let active: number | undefined;
    for (let step = index; !this.isOver; step += 1) {
      const api = pick(apis, step);
      if (active === undefined) {
        const { status, body } = await this.measure('book', () =>
          api.http.as({ token }).book(pick(lots, step)),
        );
        if (status === 201) {
          active = Number(body.id);
          this.booked.set(active, userId);
        } else if (body?.code === 'ALREADY_PARKED') {
          // The booking was made by a request whose response was lost during the outage.
          const found = await this.measure('look', () =>
            api.http.get('/api/user/active-booking', { token }),
          );
          if (found.status === 200 && found.body) active = Number(found.body.id);
        }
      } else {
        const booking = active;
        const response = await this.measure('release', () =>
          api.http.as({ token }).release(booking),
        );
        if (response.status === 200) this.released.add(booking);
        if (response.status === 200 || response.body?.code === 'ALREADY_RELEASED')
          active = undefined;
      }
    }
  }

  private async measure(what: string, request: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const begin = performance.now();
    const response = await request();
    const { status, body, headers } = response;
    this.responses.push({
      kind: [what, status, body?.code].filter(Boolean).join(' '),
      status,
      retryAfter: headers.get('retry-after'),
      milliseconds: performance.now() - begin,
    });
    return response;
  }
}
