import { describe, expect, it } from 'vitest';
import { createMember, PASSWORD } from '../../support/data/factories.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { INSTANT } from '../../support/http/patterns.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, type TestApp, useTestApp } from '../../support/app/test-app.js';
import { DEFAULT_ADMIN } from '../../support/http/login.js';

const ACCOUNT_FIELDS = ['created_at', 'email', 'id', 'role', 'updated_at', 'username'];

describe('accounts', () => {
  const vpms = useTestApp();
  let count = 0;

  /** Registers with an unused name and e-mail by default. */
  const register = (fields: object = {}): Promise<HttpResponse> => {
    count += 1;
    const body = { username: `new${count}`, email: `new${count}@example.com`, password: PASSWORD };
    return vpms.http.post('/api/user/register', { body: { ...body, ...fields } });
  };
  const login = (username: string, password = PASSWORD, role = 'user'): Promise<HttpResponse> =>
    vpms.http.post(`/api/${role}/login`, { body: { username, password } });

  describe('registration', () => {
    it("accepts the contract's example on a default start", async () => {
      const body = { username: 'testuser', email: 'test@example.com', password: 'test123' };
      const { status, body: response } = await vpms.http.post('/api/user/register', { body });
      expect(status).toBe(201);
      expect(response).toEqual({
        message: expect.stringMatching(/\S/),
        user: {
          id: expect.any(Number),
          username: 'testuser',
          email: 'test@example.com',
          role: 'user',
          created_at: expect.stringMatching(INSTANT),
          updated_at: expect.stringMatching(INSTANT),
        },
      });
    });

    it('ignores an invalid token', async () => {
      const body = { username: 'tokened', email: 'tokened@example.com', password: PASSWORD };
      const response = await vpms.http.post('/api/user/register', { body, token: 'garbage' });
      expect(response.status).toBe(201);
    });

    it('compares names and e-mail addresses case-insensitively', async () => {
      await register({ username: 'Anna.B', email: 'Anna@Example.com' });
      for (const username of ['Anna.B', 'anna.b', 'ANNA.B']) {
        expectProblem(await register({ username }), '409 USERNAME_TAKEN');
      }
      for (const email of ['Anna@Example.com', 'anna@example.com', 'ANNA@EXAMPLE.COM']) {
        expectProblem(await register({ email }), '409 EMAIL_TAKEN');
      }
      const both = await register({ username: 'anna.b', email: 'anna@example.com' });
      expectProblem(both, '409 USERNAME_TAKEN');
    });

    it("refuses the admin's name", async () => {
      expectProblem(await register({ username: 'Admin' }), '409 USERNAME_TAKEN');
      expectProblem(await register({ email: 'admin@VPMS.local' }), '409 EMAIL_TAKEN');
    });

    it('stores name and e-mail as they were sent', async () => {
      const fields = { username: 'MixedCase', email: 'Mixed.Case@Example.com' };
      expect((await register(fields)).body.user).toMatchObject(fields);
    });

    it.each(['abc', 'a'.repeat(80), 'A.b_c-9', '...', '---', '123'])(
      'accepts the name %s',
      async (username) => {
        const response = await register({ username });
        expect(response.body.user.username).toBe(username);
      },
    );

    it.each([
      '',
      'ab',
      'a'.repeat(81),
      'a b',
      ' abc',
      'abc ',
      'abc\n',
      'a@b',
      'añb',
      '用户名',
      'a/b',
    ])('refuses the name %j', async (username) => {
      expectProblem(await register({ username }), '400 VALIDATION_FAILED', ['username']);
    });

    it.each(['a@b.co', `${'a'.repeat(60)}@${'b'.repeat(55)}.com`, "o'neil+tag@sub.example.com"])(
      'accepts the e-mail %s',
      async (email) => {
        expect((await register({ email })).body.user.email).toBe(email);
      },
    );

    it.each([
      '',
      'a',
      'a@',
      '@b.co',
      'a@b',
      'a b@c.de',
      'a@b.co ',
      'a@b.co\n',
      'A <a@b.co>',
      'a@b.co,c@d.ef',
      'üser@example.com',
      'user@exämple.com',
      'user@example.рф',
      'u\u202eser@example.com',
      `${'a'.repeat(60)}@${'b'.repeat(56)}.com`,
    ])('refuses the e-mail %j', async (email) => {
      expectProblem(await register({ email }), '400 VALIDATION_FAILED', ['email']);
    });

    it('refuses a role or an id', async () => {
      const response = await register({ role: 'admin', id: 1 });
      expectProblem(response, '400 VALIDATION_FAILED', ['role', 'id']);
    });

    it.each([
      ['name', 'USERNAME_TAKEN', (index: number) => ({ email: `race${index}@example.com` })],
      ['e-mail', 'EMAIL_TAKEN', (index: number) => ({ username: `race.${index}` })],
    ] as const)('gives one %s to one of 20 concurrent registrations', async (_, code, fieldsOf) => {
      const same = { username: `racer${code}`, email: `${code}@example.com` };
      const responses = await Promise.all(
        Array.from({ length: 20 }, (_, index) => register({ ...same, ...fieldsOf(index) })),
      );
      const refused = responses.filter(({ status }) => status !== 201);
      expect(refused).toHaveLength(19);
      for (const response of refused) expectProblem(response, `409 ${code}`);
    });
  });

  describe('login', () => {
    it('returns a valid token', async () => {
      const { username } = await createMember(vpms);
      const { status, body } = await login(username);
      expect(status).toBe(200);
      expect(Object.keys(body).sort()).toEqual(['expires_in', 'token', 'token_type', 'user']);
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 });
      expect(Object.keys(body.user).sort()).toEqual(ACCOUNT_FIELDS);
      const me = await vpms.http.get('/api/auth/me', { token: body.token });
      expect(me).toMatchObject({ status: 200, body: body.user });
    });

    it('accepts the admin of a first start', async () => {
      const { status, body } = await login(DEFAULT_ADMIN.username, DEFAULT_ADMIN.password, 'admin');
      expect(status).toBe(200);
      expect(body.user).toMatchObject({
        username: 'admin',
        email: 'admin@vpms.local',
        role: 'admin',
      });
      const stats = await vpms.http.get('/api/admin/stats', { token: body.token });
      expect(stats.status).toBe(200);
    });

    it('compares names case-insensitively and passwords case-sensitively', async () => {
      const { username } = await createMember(vpms);
      expect((await login(username.toUpperCase())).status).toBe(200);
      expectProblem(await login(username, PASSWORD.toUpperCase()), '401 CREDENTIALS_WRONG');
    });

    it('does not accept an e-mail address as a name', async () => {
      const { username } = await createMember(vpms);
      expectProblem(await login(`${username}@example.com`), '401 CREDENTIALS_WRONG');
    });

    it('does not reveal whether the name, the password or the role was wrong', async () => {
      const user = await createMember(vpms);
      const admin = await createMember(vpms, 'admin');
      const atUser = await login('unknown.name');
      const responses = [
        await login(user.username, 'wrong password'),
        await login(user.username, ''),
        await login(user.username, `${PASSWORD} `),
        await login(admin.username, PASSWORD, 'user'),
        await login(admin.username, 'wrong password', 'user'),
        await login('', ''),
        await login('\0', '\ud800'),
        await login("' OR 1=1 --", "' OR 1=1 --"),
        await login('x'.repeat(1000), 'x'.repeat(50_000)),
      ];
      for (const response of responses) {
        expectProblem(response, '401 CREDENTIALS_WRONG');
        expect(response.body).toEqual({ ...atUser.body, request_id: response.body.request_id });
      }
      const atAdmin = await login('unknown.name', PASSWORD, 'admin');
      const adminAnswers = [
        await login(user.username, PASSWORD, 'admin'),
        await login(admin.username, 'wrong password', 'admin'),
      ];
      for (const response of adminAnswers) {
        expectProblem(response, '401 CREDENTIALS_WRONG');
        expect(response.body).toEqual({ ...atAdmin.body, request_id: response.body.request_id });
      }
    });

    it('takes about as long for an unknown name as for a known one', async () => {
      const known = `slow${count}`;
      await register({ username: known });
      const fastest = async (username: string) => {
        const times: number[] = [];
        for (let attempt = 0; attempt < 6; attempt += 1) {
          const start = performance.now();
          await login(username, 'wrong password');
          times.push(performance.now() - start);
        }
        return Math.min(...times);
      };
      // Without a dummy hash, the response would be about fifty times as fast.
      expect(await fastest('unknown.name')).toBeGreaterThan((await fastest(known)) / 3);
    });
  });

  describe('me', () => {
    it.each(['user', 'admin'] as const)(
      'returns the account of a %s without its secrets',
      async (role) => {
        const { id, username, token } = await createMember(vpms, role);
        const { status, body } = await vpms.http.get('/api/auth/me', { token });
        expect(status).toBe(200);
        expect(body).toEqual({
          id,
          username,
          email: `${username}@example.com`,
          role,
          created_at: '1970-01-01T00:00:00.000Z',
          updated_at: '1970-01-01T00:00:00.000Z',
        });
      },
    );
  });

  describe('the first admin', () => {
    const chief = {
      ADMIN_USERNAME: 'chief',
      ADMIN_EMAIL: 'chief@example.com',
      ADMIN_PASSWORD: 'pässwörd 🅿️',
    };

    it('is created once, as configured', async () => {
      const first = await startTestApp({ environment: chief });
      const loginAt = ({ http }: TestApp, username: string, password: string) =>
        http.post('/api/admin/login', { body: { username, password } });
      const { body } = await loginAt(first, 'CHIEF', chief.ADMIN_PASSWORD);
      expect(body.user).toMatchObject({ username: 'chief', email: 'chief@example.com' });
      expectProblem(
        await loginAt(first, DEFAULT_ADMIN.username, DEFAULT_ADMIN.password),
        '401 CREDENTIALS_WRONG',
      );
      await first.stop();

      const { dataDirectory } = first;
      const environment = { ADMIN_USERNAME: 'second', ADMIN_PASSWORD: 'another password' };
      await using second = await startTestApp({ dataDirectory, environment });
      expectProblem(await loginAt(second, 'second', 'another password'), '401 CREDENTIALS_WRONG');
      expect((await loginAt(second, 'chief', chief.ADMIN_PASSWORD)).status).toBe(200);
      const me = await second.http.get('/api/auth/me', { token: body.token });
      expect(me, 'the token outlives a restart').toMatchObject({ status: 200 });
    });
  });
});
