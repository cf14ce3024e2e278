import { beforeAll, expect } from 'vitest';
import { FixedClock } from '../app/fixed-clock.js';
import { useTestApp } from '../app/test-app.js';
import { type AuditRow, auditRows } from '../data/audit-rows.js';
import { createMember, type TestAccount } from '../data/factories.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export const NOW = '2026-03-01T09:30:00.000Z';

/** A request to create a lot. */
export const NEW_LOT = {
  prime_location_name: 'Connaught Place',
  address: 'Block C, New Delhi',
  pin_code: '110001',
  price: 40.5,
  number_of_spots: 3,
};

/** Requests to one application, each with the entries that it adds to the audit log. */
export class AuditedRequests {
  readonly vpms = useTestApp({
    clock: new FixedClock(NOW),
    environment: { TIMEZONE: 'UTC', CURRENCY: 'INR', ADMIN_USERNAME: 'Chief' },
  });
  admin!: TestAccount;
  private requests = 0;

  constructor() {
    beforeAll(async () => {
      this.admin = await createMember(this.vpms, 'admin');
    });
  }

  /** Sends a request with a unique id and returns the entries that it added. */
  readonly audited = async (
    method: Method,
    path: string,
    { token, body }: { readonly token?: string; readonly body?: unknown },
  ) => {
    this.requests += 1;
    const requestId = `request-${this.requests}`;
    const earlier = (await auditRows(this.vpms)).length;
    const headers = { 'x-request-id': requestId };
    const response = await this.vpms.http.request(method, path, { token, body, headers });
    return { response, requestId, rows: (await auditRows(this.vpms)).slice(earlier) };
  };

  readonly asAdmin = (method: Method, path: string, body?: unknown) =>
    this.audited(method, path, { token: this.admin.token, body });
}

/** A complete row; fields that are not given are null. */
export function row(requestId: string, fields: Partial<AuditRow>): AuditRow {
  return {
    id: expect.any(Number) as number,
    recorded_at: Date.parse(NOW),
    actor_id: null,
    actor_name: null,
    client_address: '127.0.0.1',
    request_id: requestId,
    target_id: null,
    before: null,
    after: null,
    ...fields,
  } as AuditRow;
}

/** The fields of the actor. */
export const by = ({ id, username }: TestAccount) => ({ actor_id: id, actor_name: username });

/** The fields of the target. */
export const account = (id: number) => ({ target_type: 'account', target_id: String(id) });
