import { randomUUID } from 'node:crypto';
import { beforeEach, expect } from 'vitest';
import { FixedClock } from '../app/fixed-clock.js';
import { type TestApp, useTestApp } from '../app/test-app.js';
import { createLot, createMember, type TestAccount } from '../data/factories.js';
import type { HttpResponse } from './clients/http-client.js';

export const START = '2026-03-01T09:30:00.000Z';
export const LOT = {
  prime_location_name: 'Central',
  address: '1 Main Street',
  pin_code: '110001',
  price: 12.5,
  number_of_spots: 3,
};

interface Keyed {
  readonly key: string;
  readonly body?: unknown;
  readonly raw?: string;
  readonly member?: TestAccount;
  readonly at?: TestApp;
}

/** Requests with an `Idempotency-Key` to one application, with a new operator, driver and lot for each test. */
export class KeyedRequests {
  readonly clock = new FixedClock(START);
  /** Tokens of this application are valid longer than idempotency records. */
  readonly vpms = useTestApp({ clock: this.clock, environment: { JWT_EXPIRES_IN: '604800' } });
  admin!: TestAccount;
  driver!: TestAccount;
  lotId!: number;

  constructor() {
    beforeEach(async () => {
      this.clock.set(START);
      this.admin = await createMember(this.vpms, 'admin');
      this.driver = await createMember(this.vpms);
      this.lotId = (await createLot(this.vpms)).id;
    });
  }

  /** Sends the request as the driver, or as `member` if it is given. */
  readonly post = (path: string, { key, body, raw, member, at }: Keyed): Promise<HttpResponse> => {
    const type: Record<string, string> =
      raw === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { 'idempotency-key': key, ...type };
    const { token } = member ?? this.driver;
    return (at ?? this.vpms).http.post(path, { token, body, raw, headers });
  };

  readonly book = (key: string, more: Partial<Keyed> = {}): Promise<HttpResponse> =>
    this.post('/api/user/book-parking', { key, body: { lot_id: this.lotId }, ...more });

  readonly createLot = (key: string, more: Partial<Keyed> = {}): Promise<HttpResponse> =>
    this.post('/api/admin/parking-lots', { key, body: LOT, member: this.admin, ...more });
}

export function newKey(): string {
  return `key-${randomUUID()}`;
}

export function expectReplay(response: HttpResponse, first: HttpResponse): void {
  expect([response.status, response.text]).toEqual([first.status, first.text]);
  expect(response.headers.get('idempotency-replayed')).toBe('true');
  expect(first.headers.get('idempotency-replayed')).toBeNull();
}
