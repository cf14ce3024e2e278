import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../support/app/tokens.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { AuditedRequests } from '../../support/scenes/audited-requests.js';
import { createMember, PASSWORD } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { DEFAULT_ADMIN } from '../../support/http/login.js';

describe('the audit log', () => {
  const requests = new AuditedRequests();
  const { vpms } = requests;

  describe('secrets', () => {
    const secrets = {
      first: 'Correct-Horse-1',
      second: 'battery staple 2',
      wrong: 'Wrong-Guess-3',
      typedAsName: 'Typed-Too-Early-4',
    };
    /** The routes that accept a password, according to the OpenAPI document. */
    const ROUTES = [
      'DELETE /api/auth/me',
      'POST /api/admin/admins',
      'POST /api/admin/login',
      'POST /api/admin/users',
      'POST /api/auth/change-password',
      'POST /api/auth/reset-password',
      'POST /api/user/login',
      'POST /api/user/register',
    ];

    it('never appear, whether their requests succeed or fail', async () => {
      const { body: document } = await vpms.http.get('/api/docs-json');
      expect(routesWithPasswords(document)).toEqual(ROUTES);

      const { admin } = requests;
      const driver = await createMember(vpms);
      const tokens: string[] = [admin.token, driver.token];
      const post = async (path: string, body: object, token?: string) => {
        const response = await vpms.http.post(path, { body, token });
        if (typeof response.body?.token === 'string') tokens.push(response.body.token);
        return response;
      };
      const { first, second, wrong, typedAsName } = secrets;
      const username = 'secretive';
      const account = { username, email: 'secretive@example.com', password: first };
      expect((await post('/api/user/register', account)).status).toBe(201);
      expect((await post('/api/user/register', account)).status).toBe(409);
      for (const role of ['user', 'admin']) {
        const login = `/api/${role}/login`;
        await post(login, { username, password: first });
        await post(login, { username, password: wrong });
        await post(login, { username: typedAsName, password: wrong });
        await post(login, { username: first, password: username });
        await post(login, { username: admin.username, password: PASSWORD });
        await post(login, { username: tokens[0], password: wrong });
      }
      expect(tokens).toHaveLength(4);
      for (const members of ['admins', 'users']) {
        const member = { username: members, email: `${members}@example.com`, password: first };
        expect((await post(`/api/admin/${members}`, member, admin.token)).status).toBe(201);
      }
      const issue = `/api/admin/users/${driver.id}/reset-password`;
      const { body: issued } = await post(issue, {}, admin.token);
      const link = new URL(String(issued.reset_url)).searchParams.get('token') ?? '';
      const reset = '/api/auth/reset-password';
      expect((await post(reset, { token: wrong, new_password: first })).status).toBe(410);
      expect((await post(reset, { token: link, new_password: second })).status).toBe(204);
      const token = tokens.at(-2);
      const change = '/api/auth/change-password';
      const wrongly = { current_password: wrong, new_password: second };
      expect((await post(change, wrongly, token)).status).toBe(400);
      const rightly = { current_password: first, new_password: second };
      expect((await post(change, rightly, token)).status).toBe(204);
      await post('/api/user/login', { username, password: second });
      await vpms.http.delete('/api/auth/me', { token, body: { current_password: wrong } });
      await vpms.http.get(`/api/auth/me?token=${token}`, { token });
      await vpms.http.post('/api/auth/logout', { token });

      const hashes = await queryDatabase<{ password_hash: string }>(
        vpms.dataDirectory,
        'SELECT password_hash FROM accounts',
      );
      const parts = tokens.flatMap((each) => [each, String(claimsOf(each)['jti'])]);
      const never = [
        ...Object.values(secrets),
        link,
        PASSWORD,
        DEFAULT_ADMIN.password,
        ...parts,
        ...tokens.map((each) => each.slice(each.lastIndexOf('.') + 1)),
        ...hashes.map(({ password_hash: hash }) => hash),
        'argon2',
      ];
      const written = JSON.stringify(await auditRows(vpms));
      expect(written).toContain(username);
      expect(never.filter((secret) => written.includes(secret))).toEqual([]);
    });
  });
});

/** Operations whose body has a field of the format `password`. */
function routesWithPasswords(document: {
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, object> };
}): string[] {
  const secret = Object.entries(document.components.schemas)
    .filter(([, schema]) => JSON.stringify(schema).includes('"format":"password"'))
    .map(([name]) => `"#/components/schemas/${name}"`);
  return Object.entries(document.paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => {
          const text = JSON.stringify(operation);
          return secret.some((reference) => text.includes(reference));
        })
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    )
    .sort();
}
