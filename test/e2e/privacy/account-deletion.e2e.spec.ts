import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import {
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
} from '../../support/data/factories.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { loginAdmin } from '../../support/http/login.js';
import { expectProblem } from '../../support/http/problems.js';

const NAME = 'Quentin.Zwick';
const EMAIL = 'Quentin@zwick.example';

describe('deleting an account', () => {
  const vpms = useTestApp();
  const leave = (account: TestAccount, password: unknown = PASSWORD) =>
    vpms.as(account).leaveService(password);

  it.each(['user', 'admin'] as const)('needs the password of a %s', async (role) => {
    const account = await createMember(vpms, role);
    const wrong = await leave(account, 'wrong');
    expectProblem(wrong, '400 CURRENT_PASSWORD_WRONG', ['current_password']);
    expectProblem(await leave(account, 7), '400 VALIDATION_FAILED', ['current_password']);
    expectProblem(await vpms.http.delete('/api/auth/me', account), '400 VALIDATION_FAILED', [
      'current_password',
    ]);
    expect((await auditRows(vpms)).at(-1)).toMatchObject({
      action: 'account.erase-refused',
      actor_name: account.username,
      target_id: String(account.id),
    });
    expect((await vpms.http.get('/api/auth/me', account)).status).toBe(200);
    expect((await leave(account)).status).toBe(204);
  });

  it('is refused while a booking is held, reserved or active', async () => {
    const { id: lotId } = await createLot(vpms);
    const account = await createMember(vpms);
    const api = vpms.as(account);
    const window = (hours: number) => ({
      from: new Date(Date.now() + hours * HOUR).toISOString(),
      until: new Date(Date.now() + (hours + 1) * HOUR).toISOString(),
    });
    for (const hold of [true, false]) {
      const { body } = await api.bookAhead({ lot_id: lotId, ...window(2), hold });
      expectProblem(await leave(account), '409 LIVE_BOOKING');
      expect((await api.cancel(body.id)).status).toBe(200);
    }
    const parked = await api.park(lotId);
    expectProblem(await leave(account), '409 LIVE_BOOKING');
    await api.leave(parked.id);
    expect((await leave(account)).status).toBe(204);
  });

  it('is refused to the last enabled operator, and frees the name of another', async () => {
    const first = { id: 1, username: 'admin', token: await loginAdmin(vpms) };
    expectProblem(await leave(first, 'admin123'), '409 LAST_ADMIN');
    const other = await createMember(vpms, 'admin');
    expect((await leave(other)).status).toBe(204);
    expectProblem(await leave(first, 'admin123'), '409 LAST_ADMIN');
    const { body } = await vpms.http.get('/api/admin/admins', first);
    expect(body).toHaveLength(1);
  });

  it('happens once', async () => {
    const account = await createMember(vpms);
    const left = await Promise.all(Array.from({ length: 5 }, () => leave(account)));
    const statuses = left.map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([204, 401, 401, 401, 401]);
    const erased = `action = 'account.erased' AND target_id = '${account.id}'`;
    expect(await countRows(vpms.dataDirectory, 'audit_log', erased)).toBe(1);
  });

  it('leaves one operator if all operators delete theirs at once', async () => {
    const admins = [await createMember(vpms, 'admin'), await createMember(vpms, 'admin')];
    await queryDatabase(vpms.dataDirectory, 'UPDATE accounts SET disabled_at = 1 WHERE id = 1');
    const left = await Promise.all(admins.map((each) => leave(each)));
    expect(left.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      204, 409,
    ]);
  });
});

describe('the request ids of a person', () => {
  const vpms = useTestApp({ environment: { TRUST_PROXY: 'loopback' } });

  it('are erased with the person, even if the name is in them', async () => {
    const headers = { 'x-request-id': `${NAME}-1`, 'x-forwarded-for': '203.0.113.99' };
    const post = (path: string, body: object) => vpms.http.post(path, { body, headers });
    const login = { username: NAME, password: PASSWORD };
    await post('/api/user/register', { ...login, email: EMAIL });
    const { body } = await post('/api/user/login', login);
    await post('/api/user/login', { ...login, username: 'not-a-name' });
    await post('/api/user/login', { ...login, password: 'wrong' });
    const operator = { token: await loginAdmin(vpms), headers: { 'x-request-id': 'of-operator' } };
    const { id } = body.user;
    await vpms.http.request('PATCH', `/api/admin/users/${id}`, {
      ...operator,
      body: { email: `new-${EMAIL}` },
    });
    const written = (await auditRows(vpms)).filter((row) => row.request_id === `${NAME}-1`);
    expect(written).toHaveLength(4);
    const left = await vpms.http.request('DELETE', '/api/auth/me', {
      token: body.token,
      body: { current_password: PASSWORD },
      headers,
    });
    expect(left.status).toBe(204);
    const rows = await auditRows(vpms);
    expect(rows.filter((row) => row.request_id?.startsWith(NAME))).toEqual([]);
    const theirs = rows.filter((row) => written.some(({ id: entry }) => entry === row.id));
    expect(theirs.map((row) => row.request_id)).toEqual([null, null, null, null]);
    expect(rows.find(({ action }) => action === 'account.updated')?.request_id).toBe('of-operator');
  });
});
