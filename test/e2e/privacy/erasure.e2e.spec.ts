import { beforeAll, describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { HOUR } from '../../../src/platform/time/durations.js';
import { CapturedLog } from '../../support/app/captured-log.js';
import { exportStatus, requestExport } from '../../support/scenes/exports.js';
import { runJob, waitUntil } from '../../support/app/job-runs.js';
import { type TestApp, useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { dumpDatabase } from '../../support/data/dump.js';
import { createLot, PASSWORD } from '../../support/data/factories.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { ClientAt } from '../../support/http/clients/client-at.js';
import { loginAdmin } from '../../support/http/login.js';
import { expectProblem } from '../../support/http/problems.js';

const NAME = 'Quentin.Zwick';
const EMAIL = 'Quentin@zwick.example';
const [PLATE, OTHER_PLATE, LISTED_PLATE] = ['QZ 111 AA', 'QZ-222-BB', 'QZ·333·CC'];
const REMARKS = 'beside the yellow umbrella';
/** Client addresses of the person. A login with an unknown name also came from the last one. */
const ADDRESSES = ['203.0.113.77', '2001:db8:77::1', '203.0.113.78'] as const;
/** Matches every value that identifies the erased person; nothing that is stored or returned may match. */
const TRACES = /quentin|zwick|qz.{0,3}\d{3}|yellow umbrella/i;

describe('an account that its owner deletes', () => {
  const log = new CapturedLog();
  const vpms = useTestApp({ environment: { TRUST_PROXY: 'loopback' }, log });
  let admin: string;
  let id: number;
  let token: string;
  let bookings: number[];
  let sumsBefore: unknown;
  let auditBefore: number;

  const sums = async () => {
    const { body: stats } = await vpms.http.get('/api/admin/stats', { token: admin });
    const bookingSums = await queryDatabase<object>(
      vpms.dataDirectory,
      `SELECT id, user_id, spot_id, lot_id, status, cost, parked_at, left_at, ended_at, updated_at
        FROM reservations ORDER BY id`,
    );
    const totals = await queryDatabase<object>(
      vpms.dataDirectory,
      'SELECT * FROM driver_totals ORDER BY user_id',
    );
    return { revenue: stats.totalRevenue, bookingSums, totals };
  };

  beforeAll(async () => {
    admin = await loginAdmin(vpms);
    ({ id, token, bookings } = await storeTraces(vpms, admin));
    sumsBefore = await sums();
    auditBefore = await countRows(vpms.dataDirectory, 'audit_log');
    const dump = await dumpDatabase(vpms);
    for (const text of [NAME, EMAIL, PLATE, OTHER_PLATE, LISTED_PLATE, REMARKS, ...ADDRESSES]) {
      expect(dump, text).toContain(text);
    }
    const left = await at(vpms, ADDRESSES[0]).as({ token }).leaveService(PASSWORD);
    expect(left).toMatchObject({ status: 204, text: '' });
  }, 60_000);

  it('leaves no trace in the database or the log', async () => {
    const dump = await dumpDatabase(vpms);
    expect(dump.split('\n').filter((line) => TRACES.test(line))).toEqual([]);
    const theirs = (line: string) => ADDRESSES.some((address) => line.includes(address));
    expect(dump.split('\n').filter(theirs)).toEqual([]);
    expect(dump).not.toContain('2001:db8:77::');
    expect(log.lines.filter((line) => TRACES.test(line))).toEqual([]);
    expect(log.requests().length).toBeGreaterThan(20);
  });

  it('keeps its bookings, and every sum to the last digit', async () => {
    expect(await sums()).toEqual(sumsBefore);
    expect(await countRows(vpms.dataDirectory, 'reservations', `user_id = ${id}`)).toBe(
      bookings.length,
    );
  });

  it('keeps every audit entry, with what others did', async () => {
    const rows = await auditRows(vpms);
    expect(rows).toHaveLength(auditBefore + 1);
    expect(rows.at(-1)).toMatchObject({
      action: 'account.erased',
      actor_id: id,
      actor_name: null,
      client_address: null,
      target_id: String(id),
    });
    const released = rows.find(({ action }) => action === 'booking.released');
    expect(released).toMatchObject({ actor_name: 'admin', client_address: '127.0.0.1' });
    expect(released?.after).toMatchObject({ status: 'completed', reason: null });
    expect(await countRows(vpms.dataDirectory, 'audit_permits')).toBe(0);
  });

  it('is unknown to its tokens, to logins and to operators', async () => {
    expectProblem(await vpms.http.get('/api/auth/me', { token }), '401 TOKEN_REVOKED');
    const login = { username: NAME, password: PASSWORD };
    expectProblem(
      await vpms.http.post('/api/user/login', { body: login }),
      '401 CREDENTIALS_WRONG',
    );
    const path = `/api/admin/users/${id}`;
    expectProblem(await vpms.http.get(path, { token: admin }), '404 ACCOUNT_NOT_FOUND');
    const change = { token: admin, body: { disabled: false } };
    expectProblem(await vpms.http.request('PATCH', path, change), '404 ACCOUNT_NOT_FOUND');
    expectProblem(
      await vpms.http.post(`${path}/reset-password`, { token: admin }),
      '404 ACCOUNT_NOT_FOUND',
    );
    const { body: users } = await vpms.http.get('/api/admin/users', { token: admin });
    expect(users.map((user: { id: number }) => user.id)).not.toContain(id);
    const { body: stats } = await vpms.http.get('/api/admin/stats', { token: admin });
    expect(stats.totalUsers).toBe(users.length);
  });

  it('has no name in lists', async () => {
    const { body } = await vpms.http.get('/api/admin/recent-activity', { token: admin });
    const theirs = body.filter((row: { id: number }) => bookings.includes(row.id));
    expect(theirs.length).toBeGreaterThan(0);
    for (const { username } of theirs) expect(username).toBeNull();
    const found = await vpms.http.get(`/api/admin/bookings?user_id=${id}&status=any`, {
      token: admin,
    });
    expect(found.body).toHaveLength(bookings.length);
    for (const booking of found.body) {
      expect(booking).toMatchObject({ user_id: id, vehicle_number: null, remarks: null });
    }
  });

  it('is not in the responses that are replayed to operators', async () => {
    const created = await create(vpms, admin);
    expect(created.headers.get('idempotency-replayed')).toBe('true');
    expect(created.body).toMatchObject({ id, username: null, email: null, role: 'user' });
    const release = await releaseFor(vpms, admin, bookings[1] ?? 0);
    expect(release.headers.get('idempotency-replayed')).toBe('true');
    expect(release.body).toMatchObject({ vehicle_number: null, remarks: null });
  });

  it('gets no report and no reminder', async () => {
    // The month of the person's bookings.
    const period = new Date().toISOString().slice(0, 7);
    const run = await runJob(vpms.http, admin, { name: 'monthly-reports', period });
    expect(run).toMatchObject({ status: 'completed', processed: 0 });
    await runJob(vpms.http, admin, { name: 'daily-reminders' });
    expect(await countRows(vpms.dataDirectory, 'reports', `user_id = ${id}`)).toBe(0);
    expect(await countRows(vpms.dataDirectory, 'deliveries', `user_id = ${id}`)).toBe(0);
  });

  it('frees its username and its e-mail', async () => {
    const body = { username: NAME, email: EMAIL, password: PASSWORD };
    const registered = await vpms.http.post('/api/user/register', { body });
    expect(registered.status, registered.text).toBe(201);
    expect(registered.body.user.id).not.toBe(id);
  });
});

/** Creates the person as an operator does; the response contains the name. */
function create(vpms: TestApp, admin: string) {
  const body = { username: NAME, email: EMAIL, password: PASSWORD };
  const headers = { 'idempotency-key': 'create' };
  return vpms.http.post('/api/admin/users', { token: admin, body, headers });
}

function releaseFor(vpms: TestApp, admin: string, bookingId: number) {
  const body = { reason: `${NAME} called` };
  const headers = { 'idempotency-key': 'release' };
  const path = `/api/admin/bookings/${bookingId}/release`;
  return vpms.http.post(path, { token: admin, body, headers });
}

const at = (vpms: TestApp, address: string) => new ClientAt(vpms.http, address);

/** Uses every function that stores something about the person. */
async function storeTraces(vpms: TestApp, admin: string) {
  const [home, elsewhere, typo] = ADDRESSES.map((address) => at(vpms, address));
  if (!home || !elsewhere || !typo) throw new Error('a client is missing');
  const { body: account } = await create(vpms, admin);
  const login = { username: NAME, password: PASSWORD };
  const headers = { 'user-agent': `${NAME}'s phone` };
  const { body: session } = await home.post('/api/user/login', { body: login, headers });
  await elsewhere.post('/api/user/login', { body: login });
  await elsewhere.post('/api/user/login', { body: { ...login, password: 'wrong' } });
  // After a login of the person, a login with an unknown name fails at the same address.
  await typo.post('/api/user/login', { body: login });
  await typo.post('/api/user/login', { body: { ...login, username: 'mistyped' } });
  const { token } = session;
  const api = home.as({ token });
  expect((await api.addVehicle({ plate: LISTED_PLATE, label: REMARKS })).status).toBe(201);

  const { id: lotId } = await createLot(vpms);
  const fields = { vehicle_number: PLATE, remarks: REMARKS };
  const key = { headers: { 'idempotency-key': 'book' } };
  const first = (await api.book(lotId, fields, key)).body;
  await api.leave(first.id);
  await api.correctVehicle(first.id, { vehicle_number: OTHER_PLATE });
  const second = await api.park(lotId, fields);
  expect((await releaseFor(vpms, admin, second.id)).status).toBe(200);
  const window = { from: Date.now() + HOUR, until: Date.now() + 2 * HOUR };
  const ahead = await api.bookAhead({
    lot_id: lotId,
    from: new Date(window.from).toISOString(),
    until: new Date(window.until).toISOString(),
    ...fields,
  });
  expect((await api.cancel(ahead.body.id)).status).toBe(200);
  const task = await requestExport(home, token);
  await waitUntil(async () => (await exportStatus(task)).body.status === 'completed' || undefined);
  await runJob(vpms.http, admin, {
    name: 'monthly-reports',
    period: new Date().toISOString().slice(0, 7),
  });
  await vpms.http.post(`/api/admin/users/${account.id}/reset-password`, { token: admin });
  await home.get(`/api/admin/users?search=${NAME}`, { token });
  await vpms.http.get(`/api/admin/users?search=${NAME}`, { token: admin });
  await home.post('/api/auth/change-password', {
    token,
    body: { current_password: 'wrong', new_password: 'another one' },
  });
  await storeByHand(vpms, { id: account.id, bookingId: first.id, lotId });
  return {
    id: Number(account.id),
    token: String(token),
    bookings: [first.id, second.id, ahead.body.id],
  };
}

/** Stores rows that would need a mail server, a gate, or an import. */
async function storeByHand(
  vpms: TestApp,
  { id, bookingId, lotId }: { id: number; bookingId: number; lotId: number },
): Promise<void> {
  const event = (number: number, plate: string, key: string, booking: number | null) => `
    INSERT INTO gate_events (gate_id, lot_id, direction, event_id, plate, plate_key, at, received_at,
      action, reason, booking_id)
    VALUES (1, ${lotId}, 'in', '${number}', '${plate}', '${key}', 1, 1, 'open', 'BOOKED',
      ${booking ?? 'NULL'})`;
  await vpms.app.get(TransactionRunner).run(async (tx) => {
    const statements = [
      `INSERT INTO deliveries (subject, channel, user_id, status, error, updated_at)
        VALUES ('daily-reminders 2026-03-01', 'email', ${id}, 'failed', '550 ${EMAIL}', 1)`,
      `INSERT INTO jobs (id, name, payload, run_at, status, attempts, created_at, finished_at)
        VALUES ('1', 'mail', '{"v":1,"accountId":${id},"to":"${EMAIL}"}', 1, 'completed', 1, 1, 1)`,
      `INSERT INTO gates (lot_id, name, direction, key_digest, created_at, updated_at)
        VALUES (${lotId}, 'North', 'in', 'digest', 1, 1)`,
      event(1, PLATE, 'qz111aa', bookingId),
      event(2, LISTED_PLATE, 'qz333cc', null),
      `INSERT INTO gate_events (gate_id, lot_id, direction, plate, plate_key, at, received_at, action,
        reason, note)
        VALUES (1, ${lotId}, 'in', '${PLATE}', 'qz111aa', 1, 1, 'open', 'BY_HAND', 'for ${NAME}')`,
      `INSERT INTO audit_log (recorded_at, action, target_type, values_after)
        VALUES (1, 'account.imported', 'account', '{"remark":"renamed to ${NAME}"}')`,
    ];
    for (const statement of statements) await tx.execute(statement);
  });
}
