import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { createMember, type TestAccount, PASSWORD } from '../../support/data/factories.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, type TestApp, useTestApp } from '../../support/app/test-app.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET: 'a secret of more than thirty-two characters',
  ADMIN_PASSWORD: 'correct horse battery staple',
};

describe('passwords', () => {
  const vpms = useTestApp();
  let count = 0;

  const register = async (password: string, { http } = vpms) => {
    count += 1;
    const username = `owner${count}`;
    const body = { username, email: `${username}@example.com`, password };
    return { username, response: await http.post('/api/user/register', { body }) };
  };
  const login = (username: string, password: string): Promise<HttpResponse> =>
    vpms.http.post('/api/user/login', { body: { username, password } });
  const me = (token: string) => vpms.http.get('/api/auth/me', { token });
  const change = ({ token }: { token: string }, current_password: string, new_password: string) =>
    vpms.http.post('/api/auth/change-password', {
      token,
      body: { current_password, new_password },
    });

  it.each([
    '      ',
    ' test123 ',
    'a\0b\0c\0',
    '\t\r\n\u001b\u007f\u0085',
    '🔑🔑🔑🔑🔑🔑',
    'пароль',
  ])('may be %j, and are compared in every character', async (password) => {
    const { username, response } = await register(password);
    expect(response.status).toBe(201);
    expect((await login(username, password)).status).toBe(200);
    for (const other of [password.trim(), `${password} `, password.slice(0, -1), '']) {
      if (other !== password) {
        expectProblem(await login(username, other), '401 CREDENTIALS_WRONG');
      }
    }
  });

  it('distinguish composed from decomposed characters, and case', async () => {
    const { username } = await register('Caf\u00e9 noir');
    expectProblem(await login(username, 'Cafe\u0301 noir'), '401 CREDENTIALS_WRONG');
    expectProblem(await login(username, 'caf\u00e9 noir'), '401 CREDENTIALS_WRONG');
  });

  it('may have 6 to 128 characters, an emoji counting as one', async () => {
    for (const password of ['12345', '🔑'.repeat(5), '', 'x'.repeat(129), '🔑'.repeat(129)]) {
      const { response } = await register(password);
      expectProblem(response, '400 VALIDATION_FAILED', ['password']);
    }
    for (const password of ['123456', 'x'.repeat(128), '🔑'.repeat(128)]) {
      const { username, response } = await register(password);
      expect(response.status).toBe(201);
      expect((await login(username, password)).status).toBe(200);
      expectProblem(await login(username, `${password}x`), '401 CREDENTIALS_WRONG');
    }
  });

  it('may not contain a lone surrogate', async () => {
    const { response } = await register('test123\ud800');
    expectProblem(response, '400 VALIDATION_FAILED', ['password']);
  });

  it.each([
    [PRODUCTION, 8],
    [{ PASSWORD_MIN_LENGTH: '12' }, 12],
    [{ ...PRODUCTION, PASSWORD_MIN_LENGTH: '6' }, 6],
  ])('have the configured minimum length: %o', async (environment, length) => {
    await using strict = await startTestApp({
      environment: { ADMIN_PASSWORD: 'correct horse', ...environment },
    });
    const short = await register('x'.repeat(length - 1), strict);
    expectProblem(short.response, '400 VALIDATION_FAILED', ['password']);
    expect(short.response.body.message).toContain(String(length));
    const member = await createMember(strict);
    const body = { current_password: PASSWORD, new_password: 'x'.repeat(length - 1) };
    const changed = await strict.http.post('/api/auth/change-password', {
      token: member.token,
      body,
    });
    expectProblem(changed, '400 VALIDATION_FAILED', ['new_password']);
    expect((await register('x'.repeat(length), strict)).response.status).toBe(201);
  });

  it("are stored as Argon2id with OWASP's parameters and a salt", async () => {
    const first = await register('same password');
    const second = await register('same password');
    const rows = await vpms.app.get(ReadDatabase).sql<{ password_hash: string }[]>`
      SELECT * FROM accounts WHERE username IN (${first.username}, ${second.username})`;
    const hashes = rows.map(({ password_hash: hash }) => hash);
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(new Set(hashes).size).toBe(2);
    expect(JSON.stringify(rows)).not.toContain('same password');
  });

  it('do not expire', async () => {
    const clock = new FixedClock();
    await using app = await startTestApp({ clock });
    const { username } = await createMember(app);
    clock.advance(10 * 365 * DAY);
    const body = { username, password: PASSWORD };
    expect((await app.http.post('/api/user/login', { body })).status).toBe(200);
  });

  describe('outdated hashes', () => {
    /** Five times the work of a current hash. */
    const OLDER = { memoryCost: 19_456, timeCost: 10, parallelism: 1 };
    let first: TestApp;
    let later: TestApp;
    let owner: TestAccount;

    const loginLater = (username: string, password: string, role = 'user') =>
      later.http.post(`/api/${role}/login`, { body: { username, password } });
    const hashOf = async (): Promise<string | undefined> => {
      const rows = await later.app.get(ReadDatabase).sql<{ hash: string }[]>`
        SELECT password_hash AS hash FROM accounts WHERE id = ${owner.id}`;
      return rows[0]?.hash;
    };

    beforeAll(async () => {
      first = await startTestApp();
      owner = await createMember(first);
      await register(PASSWORD, first);
      const older = await hash(PASSWORD, OLDER);
      await first.app
        .get(TransactionRunner)
        .run((tx) => tx.sql`UPDATE accounts SET password_hash = ${older} WHERE id = ${owner.id}`);
      await first.stop();
      later = await startTestApp({ dataDirectory: first.dataDirectory });
    });
    afterAll(() => later[Symbol.asyncDispose]());

    it('do not change the work of a refused login, even for an unknown name', async () => {
      const present = `owner${count}`;
      const cases = { older: owner.username, present, unknown: 'unknown', admin: 'admin' };
      const least: Record<string, number> = {};
      for (let round = 0; round < 4; round += 1) {
        for (const [name, username] of Object.entries(cases)) {
          const start = process.cpuUsage();
          expectProblem(await loginLater(username, 'wrong'), '401 CREDENTIALS_WRONG');
          const { user, system } = process.cpuUsage(start);
          least[name] = Math.min(least[name] ?? Infinity, user + system);
        }
      }
      const work = Object.values(least);
      // The test measures CPU time, which does not depend on the load of the machine. If the program did
      // not equalize the work, it would differ by a factor of three.
      expect(Math.max(...work) / Math.min(...work)).toBeLessThan(2);
    });

    it('are replaced by a login, and by nothing else', async () => {
      const before = await hashOf();
      expect(before).toContain('$m=19456,t=10,p=1$');
      expectProblem(await loginLater(owner.username, 'wrong'), '401 CREDENTIALS_WRONG');
      expect(await hashOf()).toBe(before);
      const { body } = await loginLater(owner.username, PASSWORD);
      await expect.poll(hashOf).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      const renewed = await hashOf();
      expect((await later.http.get('/api/auth/me', { token: body.token })).status).toBe(200);
      expect((await loginLater(owner.username, PASSWORD)).status).toBe(200);
      expect(await hashOf()).toBe(renewed);
    });
  });

  describe('a password change', () => {
    const open = async (member: TestAccount, password = PASSWORD): Promise<string> =>
      (await login(member.username, password)).body.token;

    it('revokes every other token and keeps its own', async () => {
      const member = await createMember(vpms);
      const others = [await open(member), await open(member)];
      const bystander = await createMember(vpms);
      const response = await change(member, PASSWORD, 'new password');
      expect(response).toMatchObject({ status: 204, text: '' });
      for (const token of others) expectProblem(await me(token), '401 TOKEN_REVOKED');
      expect((await me(member.token)).status).toBe(200);
      expect((await me(bystander.token)).status).toBe(200);
      expectProblem(await login(member.username, PASSWORD), '401 CREDENTIALS_WRONG');
      expect((await login(member.username, 'new password')).status).toBe(200);
    });

    it('is allowed for admins too', async () => {
      const admin = await createMember(vpms, 'admin');
      expect((await change(admin, PASSWORD, 'new password')).status).toBe(204);
      const body = { username: admin.username, password: 'new password' };
      expect((await vpms.http.post('/api/admin/login', { body })).status).toBe(200);
    });

    it('changes updated_at', async () => {
      const member = await createMember(vpms);
      await change(member, PASSWORD, 'new password');
      const { body } = await me(member.token);
      expect(Date.parse(body.updated_at)).toBeGreaterThan(Date.parse(body.created_at));
    });

    it('changes nothing if the current password is wrong', async () => {
      const member = await createMember(vpms);
      const other = await open(member);
      for (const wrong of ['wrong password', '', `${PASSWORD} `]) {
        expectProblem(await change(member, wrong, 'new password'), '400 CURRENT_PASSWORD_WRONG');
      }
      expect((await me(other)).status).toBe(200);
      expect((await me(member.token)).status).toBe(200);
      expect((await login(member.username, PASSWORD)).status).toBe(200);
    });

    it.each(['', '12345', 'x'.repeat(129), '\udc00test123'])(
      'refuses the new password %j',
      async (password) => {
        const response = await change(await createMember(vpms), PASSWORD, password);
        expectProblem(response, '400 VALIDATION_FAILED', ['new_password']);
      },
    );

    it('happens once for concurrent requests', async () => {
      const member = await createMember(vpms);
      const passwords = ['first new one', 'second new one', 'third new one'];
      const responses = await Promise.all(
        passwords.map((password) => change(member, PASSWORD, password)),
      );
      const won = responses.findIndex(({ status }) => status === 204);
      for (const [index, response] of responses.entries()) {
        if (index !== won) expectProblem(response, '400 CURRENT_PASSWORD_WRONG');
        const { status } = await login(member.username, passwords[index] ?? '');
        expect(status).toBe(index === won ? 200 : 401);
      }
    });

    it('revokes the token of a concurrent login with the old password', async () => {
      for (let round = 0; round < 5; round += 1) {
        const member = await createMember(vpms);
        const logins = Array.from({ length: 8 }, () => login(member.username, PASSWORD));
        const changed = change(member, PASSWORD, 'new password');
        logins.push(...Array.from({ length: 8 }, () => login(member.username, PASSWORD)));
        const responses = await Promise.all(logins);
        expect((await changed).status).toBe(204);
        for (const response of responses.filter(({ status }) => status !== 200)) {
          expectProblem(response, '401 CREDENTIALS_WRONG');
        }
        for (const { body } of responses.filter(({ status }) => status === 200)) {
          expectProblem(await me(body.token), '401 TOKEN_REVOKED');
        }
        expect((await me(member.token)).status).toBe(200);
      }
    }, 120_000);
  });
});
