import { beforeAll, describe, expect, it } from 'vitest';
import { AccountsService } from '../../../src/auth/accounts/accounts.service.js';
import { TokensService } from '../../../src/auth/sessions/tokens.service.js';
import { HOUR } from '../../../src/platform/time/durations.js';
import { CapturedLog } from '../../support/app/captured-log.js';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { runJob, waitUntil } from '../../support/app/job-runs.js';
import { type TestApp, startTestApp } from '../../support/app/test-app.js';
import { routesOf } from '../../support/checks/routes.js';
import { CLIENT, createLot, PASSWORD } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { loginAdmin } from '../../support/http/login.js';
import { MailServer } from '../../support/servers/mail-server.js';

const NAME = 'Xanthippe.Quill';
const EMAIL = 'Xanthippe@quill.example';
const PLATE = 'XQ 77 ZZ';
const REMARKS = 'the mauve umbrella';
/** What the log must not contain, without regard to case. */
const TRACES = /xanthippe|quill|xq.{0,3}77|mauve/i;

/** Every text field that a route accepts, with a text about the person. */
const BODY = {
  username: NAME,
  email: EMAIL,
  password: `${NAME} 1`,
  current_password: NAME,
  new_password: `${NAME} 2`,
  token: EMAIL,
  plate: PLATE,
  label: REMARKS,
  vehicle_number: PLATE,
  remarks: REMARKS,
  reason: REMARKS,
  prime_location_name: NAME,
  address: REMARKS,
  name: NAME,
  note: REMARKS,
  period: NAME,
};
const QUERY = Object.entries({ ...BODY, search: NAME, actor: NAME, cursor: EMAIL, status: PLATE })
  .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  .join('&');

describe('the log', () => {
  const log = new CapturedLog();
  let mailServer: MailServer;
  let vpms: TestApp;
  let admin: string;
  let driverId: number;
  let lotId: number;

  beforeAll(async () => {
    mailServer = await MailServer.start();
    const environment = { ...mailServer.environment, PASSWORD_MIN_LENGTH: '6' };
    vpms = await startTestApp({ log, environment });
    admin = await loginAdmin(vpms);
    ({ id: lotId } = await createLot(vpms));
    const body = { username: NAME, email: EMAIL, password: PASSWORD };
    driverId = (await vpms.http.post('/api/user/register', { body })).body.user.id;
    return async () => {
      await vpms[Symbol.asyncDispose]();
      await mailServer[Symbol.asyncDispose]();
    };
  }, 60_000);

  /** A token of a new session of the account. */
  const tokenOf = async (id: number) => {
    const account = await vpms.app.get(AccountsService).get(id);
    return vpms.app.get(TokensService).issue(account, CLIENT);
  };
  const traces = () => log.lines.filter((line) => TRACES.test(line));

  it('has no name, e-mail, plate or remark of a person who uses everything', async () => {
    const login = { username: NAME, password: PASSWORD };
    const headers = { 'user-agent': NAME };
    const { token } = (await vpms.http.post('/api/user/login', { body: login, headers })).body;
    const api = vpms.as({ token });
    const fields = { vehicle_number: PLATE, remarks: REMARKS };
    expect((await api.addVehicle({ plate: PLATE, label: REMARKS })).status).toBe(201);
    const { id } = await api.park(lotId, fields);
    expect((await api.book(lotId, fields)).status).toBe(409);
    await api.leave(id);
    expect((await api.correctVehicle(id, { vehicle_number: `${PLATE} 2` })).status).toBe(200);
    const [from, until] = [HOUR, 2 * HOUR].map((ms) => new Date(Date.now() + ms).toISOString());
    const ahead = await api.bookAhead({ lot_id: lotId, from, until, ...fields });
    expect(ahead.status, ahead.text).toBe(201);
    expect((await api.receipt(id)).text).toMatch(TRACES);
    await waitForExport(await requestExport(vpms.http, token), 'completed');
    expect((await api.storedData()).text).toMatch(TRACES);
    const again = { body: { ...login, email: EMAIL } };
    expect((await vpms.http.post('/api/user/register', again)).status).toBe(409);
    await vpms.http.post('/api/user/login', { body: { ...login, password: 'wrong' } });
    expect(log.requests().length).toBeGreaterThan(10);
    expect(traces()).toEqual([]);
  });

  it('contains no text of the mail server, nor does the state of a job', async () => {
    await queryDatabase(vpms.dataDirectory, 'UPDATE accounts SET email_confirmed_at = 1');
    const period = new Date().toISOString().slice(0, 7);
    const months = { name: 'monthly-reports', period: previousMonth() };
    const forget = () =>
      vpms.http.post('/api/user/forgot-password', { body: { email: EMAIL.toUpperCase() } });
    mailServer.refuse = () => 550;
    expect((await forget()).status).toBe(202);
    await waitUntil(() => mailServer.recipients.includes(EMAIL) || undefined);
    await runJob(vpms.http, admin, { name: 'daily-reminders' });
    await runJob(vpms.http, admin, { name: 'monthly-reports', period });
    await recordStay(previousMonth());
    await runJob(vpms.http, admin, months);
    mailServer.refuse = () => undefined;
    mailServer.reactionTo = () => 'drop';
    const token = await tokenOf(driverId);
    await vpms.as({ token }).stay(lotId);
    await requestExport(vpms.http, token);
    await waitUntil(() => log.text.includes('has not confirmed a mail') || undefined);
    const errors = await queryDatabase<{ error: string | null }>(
      vpms.dataDirectory,
      `SELECT error FROM deliveries UNION ALL SELECT error FROM job_runs
        UNION ALL SELECT error FROM jobs UNION ALL SELECT error FROM exports`,
    );
    const texts = errors.flatMap(({ error }) => error ?? []);
    expect(texts.filter((text) => text.includes('550 5.1.1')).length).toBeGreaterThan(1);
    expect(texts.filter((text) => TRACES.test(text))).toEqual([]);
    expect((await vpms.http.get('/api/admin/jobs', { token: admin })).text).not.toMatch(TRACES);
    expect(traces()).toEqual([]);
  }, 60_000);

  it('contains nothing that anyone sends to any route, in the path, the query, or the body', async () => {
    const tokens = [() => undefined, () => NAME, () => tokenOf(driverId), () => tokenOf(1)];
    for (const { method, path } of routesOf(vpms)) {
      for (const token of tokens) {
        const send = async (target: string, body: object) => {
          const headers = { 'user-agent': NAME, referer: EMAIL, 'x-request-id': EMAIL };
          return vpms.http.request(method, target, { token: await token(), headers, ...body });
        };
        const options = method === 'GET' ? {} : { body: BODY };
        await send(`${path.replaceAll(/:\w+/g, encodeURIComponent(EMAIL))}?${QUERY}`, options);
        await send(path.replaceAll(/:\w+/g, String(driverId)), options);
        if (method === 'GET') continue;
        const json = { 'content-type': 'application/json' };
        await send(path.replaceAll(/:\w+/g, '1'), { raw: `{"${NAME}": ${PLATE}`, headers: json });
        await send(`/${NAME}${path}`, options);
      }
    }
    expect(log.requests().length).toBeGreaterThan(500);
    expect(traces()).toEqual([]);
  }, 120_000);

  it('has no values of a statement that fails', async () => {
    const token = await tokenOf(driverId);
    await queryDatabase(vpms.dataDirectory, 'ALTER TABLE vehicles RENAME TO vehicles_away');
    const failed = await vpms.as({ token }).addVehicle({ plate: `${PLATE} 3`, label: REMARKS });
    await queryDatabase(vpms.dataDirectory, 'ALTER TABLE vehicles_away RENAME TO vehicles');
    expect(failed.status).toBe(500);
    expect(log.lines.at(-1)).toContain('"status":500');
    expect(traces()).toEqual([]);
  });

  async function recordStay(month: string): Promise<void> {
    const start = Date.parse(`${month}-02T10:00:00Z`);
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE reservations SET parked_at = ${start}, left_at = ${start + HOUR}
        WHERE user_id = ${driverId} AND status = 'completed'`,
    );
  }
});

function previousMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1)).toISOString().slice(0, 7);
}
