import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { runJob } from '../../support/app/job-runs.js';
import { useTestApp } from '../../support/app/test-app.js';
import {
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
} from '../../support/data/factories.js';
import { insertBookings } from '../../support/data/many-bookings.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { loginAdmin } from '../../support/http/login.js';
import { LIMITED_ENVIRONMENT } from '../../support/http/clients/moving-client.js';
import { expectProblem } from '../../support/http/problems.js';
import type { Document, Schema } from '../../support/http/operations.js';

describe('GET /api/auth/me/data', () => {
  const vpms = useTestApp();
  let driver: TestAccount;
  let other: TestAccount;
  let admin: string;
  let lotId: number;

  beforeAll(async () => {
    admin = await loginAdmin(vpms);
    driver = await createMember(vpms);
    other = await createMember(vpms);
    ({ id: lotId } = await createLot(vpms));
  });

  it('has everything that is stored about the driver, and nothing about others', async () => {
    const api = vpms.as(driver);
    await api.addVehicle({ plate: 'OWN 1', label: 'Mine' });
    await vpms.as(other).addVehicle({ plate: 'THEIRS 1' });
    await vpms.as(other).park(lotId, { vehicle_number: 'THEIRS 1', remarks: 'not yours' });
    const headers = { 'idempotency-key': 'k' };
    const first = (await api.book(lotId, { vehicle_number: 'OWN 1', remarks: 'mine' }, { headers }))
      .body;
    await vpms.http.post(`/api/admin/bookings/${first.id}/release`, {
      token: admin,
      body: { reason: 'asked by phone' },
    });
    const body = { username: driver.username, password: 'wrong' };
    await vpms.http.post('/api/user/login', { body });
    await vpms.http.post(`/api/admin/users/${driver.id}/reset-password`, { token: admin });
    await waitForExport(await requestExport(vpms.http, driver.token), 'completed');
    const period = new Date().toISOString().slice(0, 7);
    await runJob(vpms.http, admin, { name: 'monthly-reports', period });
    await store(driver.id, first.id, lotId);
    const parked = await api.park(lotId);
    const window = [HOUR, 2 * HOUR].map((ms) => new Date(Date.now() + 24 * HOUR + ms));
    const [from, until] = window.map((instant) => instant.toISOString());
    const ahead = await api.bookAhead({ lot_id: lotId, from, until });
    await api.cancel(ahead.body.id);

    const { status, headers: sent, body: data, text } = await api.storedData();
    expect(status).toBe(200);
    expect(sent.get('content-type')).toBe('application/json; charset=utf-8');
    expect(sent.get('content-disposition')).toBe('attachment; filename="vpms-data.json"');
    expect(text).not.toMatch(/THEIRS|not yours|argon2|password_hash/);
    const me = (await api.get('/api/auth/me')).body;
    expect(data.account).toEqual({
      ...me,
      disabled_at: null,
      email_confirmed_at: expect.toSatisfy((at) => at === null || !Number.isNaN(Date.parse(at))),
      unsubscribed_at: null,
    });
    expect(data.sessions).toEqual((await api.get('/api/auth/sessions')).body);
    expect(data.login_networks).toEqual([
      { network: '127.0.0.1', last_used_at: expect.any(String) },
    ]);
    expect(data.links).toMatchObject([{ purpose: 'reset', mailed: false }]);
    expect(data.vehicles).toEqual((await api.vehicles()).body);
    const { body: listed } = await api.get('/api/user/bookings?status=any');
    expect(data.bookings).toEqual(
      listed.map((booking: { duration_hours: number }) => ({
        ...booking,
        duration_hours: expect.closeTo(booking.duration_hours, 1),
      })),
    );
    expect(data.bookings.map(({ id }: { id: number }) => id)).toEqual([
      ahead.body.id,
      parked.id,
      first.id,
    ]);
    expect(data.gate_events).toEqual([
      {
        id: expect.any(Number),
        gate_id: expect.any(Number),
        lot_id: lotId,
        booking_id: first.id,
        direction: 'in',
        plate: 'OWN 1',
        at: '1970-01-01T00:00:00.001Z',
        received_at: '1970-01-01T00:00:00.002Z',
        action: 'open',
        reason: 'BOOKED',
        spot_number: '1',
        cost: 12.5,
      },
    ]);
    expect(data.exports).toMatchObject([{ status: 'completed', total_bookings: 1 }]);
    expect(data.reports).toMatchObject([{ period, content: { username: driver.username } }]);
    expect(data.deliveries).toMatchObject([{ subject: 'a mail', status: 'sent' }]);
    expect(data.idempotency_records).toMatchObject([{ outcome: { result: { id: first.id } } }]);
    const entries = data.audit_entries as { action: string; client_address: string | null }[];
    expect(entries.map(({ action, client_address: address }) => [action, address])).toEqual([
      ['login.failed', '127.0.0.1'],
      ['login.succeeded', '127.0.0.1'],
      ['password-link.issued', null],
      ['booking.released', null],
    ]);
    expect(entries.at(-1)).toMatchObject({ after: { reason: 'asked by phone' } });
  });

  it('has the documented fields', async () => {
    const { components } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document;
    const fieldsOf = (name: string) => {
      const schema = components.schemas[name] as Schema & { allOf?: readonly Schema[] };
      return Object.keys(schema.properties ?? {}).toSorted();
    };
    const { body } = await vpms.as(driver).storedData();
    expect(Object.keys(body).toSorted()).toEqual(fieldsOf('StoredDataDto'));
    const elements = {
      login_networks: 'StoredNetworkDto',
      links: 'StoredLinkDto',
      gate_events: 'StoredGateEventDto',
      exports: 'StoredExportDto',
      reports: 'StoredReportDto',
      deliveries: 'StoredDeliveryDto',
      idempotency_records: 'StoredRecordDto',
      audit_entries: 'StoredAuditEntryDto',
    };
    for (const [field, schema] of Object.entries(elements)) {
      expect(Object.keys(body[field][0]).toSorted(), field).toEqual(fieldsOf(schema));
    }
  });

  it('has empty arrays for a new account, and the entries of an operator', async () => {
    const { body } = await vpms.as(await createMember(vpms)).storedData();
    for (const field of ['vehicles', 'bookings', 'gate_events', 'reports']) {
      expect(body[field]).toEqual([]);
    }
    expect(body.audit_entries).toMatchObject([{ action: 'login.succeeded' }]);
    const operator = await createMember(vpms, 'admin');
    const lot = { name: 'New', address: 'Here', pin_code: '110001', number_of_spots: 1 };
    const { name, ...fields } = lot;
    const made = await vpms.http.post('/api/admin/parking-lots', {
      token: operator.token,
      body: { ...fields, prime_location_name: name, price: 12.5 },
    });
    expect(made.status, made.text).toBe(201);
    const { body: data } = await vpms.as(operator).storedData();
    expect(data.audit_entries).toMatchObject([
      { action: 'lot.created', actor_id: operator.id, after: { price: 12.5 } },
      { action: 'login.succeeded' },
    ]);
  });

  it('is complete with many bookings, and leaves time for other requests', async () => {
    const many = await createMember(vpms);
    await insertBookings(vpms, { username: many.username, count: 5_000 });
    let turns = 0;
    let isOver = false;
    const turning = (async () => {
      while (!isOver) {
        await setImmediate();
        turns += 1;
      }
    })();
    const { body } = await vpms.as(many).storedData();
    isOver = true;
    await turning;
    expect(body.bookings).toHaveLength(5_000);
    expect(new Set(body.bookings.map(({ id }: { id: number }) => id)).size).toBe(5_000);
    expect(turns).toBeGreaterThan(50);
  });

  async function store(userId: number, bookingId: number, lot: number): Promise<void> {
    const statements = [
      `INSERT INTO deliveries (subject, channel, user_id, status, updated_at)
        VALUES ('a mail', 'email', ${userId}, 'sent', 1)`,
      `INSERT INTO gates (lot_id, name, direction, key_digest, created_at, updated_at)
        VALUES (${lot}, 'North', 'in', 'digest', 1, 1)`,
      `INSERT INTO gate_events (gate_id, lot_id, direction, event_id, plate, plate_key, at,
        received_at, action, reason, booking_id, spot_number, cost)
        VALUES (1, ${lot}, 'in', 'e1', 'OWN 1', 'own1', 1, 2, 'open', 'BOOKED', ${bookingId}, 1, 1250)`,
    ];
    for (const sql of statements) await queryDatabase(vpms.dataDirectory, sql);
  }
});

describe('the rate limits of stored data and leaving', () => {
  const vpms = useTestApp({ environment: LIMITED_ENVIRONMENT });

  it('refuse the eleventh request for the stored data within an hour', async () => {
    const api = vpms.as(await createMember(vpms));
    for (let time = 0; time < 10; time += 1) expect((await api.storedData()).status).toBe(200);
    expectProblem(await api.storedData(), '429 RATE_LIMITED');
  });

  it('count a wrong password for deleting the account like one at a login', async () => {
    const api = vpms.as(await createMember(vpms));
    for (let time = 0; time < 10; time += 1) {
      expectProblem(await api.leaveService('wrong'), '400 CURRENT_PASSWORD_WRONG');
    }
    expectProblem(await api.leaveService(PASSWORD), '429 RATE_LIMITED');
  });
});
