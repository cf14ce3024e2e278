import { describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { claimsOf, type Forgery, forgeToken, SECRET } from '../../support/app/tokens.js';

const LIFETIME = 3_600;

const OWN_KEY = { kty: 'oct', k: Buffer.from('own').toString('base64url') };

/** Differences from a valid token. */
const FORGERIES: [string, Partial<Forgery> & { change?: object }][] = [
  ['alg none', { header: { alg: 'none' } }],
  ['alg NONE', { header: { alg: 'NONE', typ: 'JWT' } }],
  ['HS512', { header: { alg: 'HS512' }, hash: 'sha512' }],
  ['HS384', { header: { alg: 'HS384' }, hash: 'sha384' }],
  // A token that is signed with the secret as if the secret were a public key.
  ['RS256', { header: { alg: 'RS256' } }],
  ['PS256', { header: { alg: 'PS256' } }],
  ['ES256', { header: { alg: 'ES256' } }],
  ['hs256', { header: { alg: 'hs256' } }],
  ['no alg', { header: { typ: 'JWT' } }],
  ['alg null', { header: { alg: null } }],
  ['a list of algs', { header: { alg: ['HS256', 'none'] } }],
  ['a key of its own', { header: { alg: 'HS256', jwk: OWN_KEY }, secret: 'own' }],
  ['an empty file as its key', { header: { alg: 'HS256', kid: '/dev/null' }, secret: '' }],
  ['another secret', { secret: `${SECRET}.` }],
  ['an empty secret', { secret: '' }],
  ['another issuer', { change: { iss: 'other' } }],
  ['no issuer', { change: { iss: undefined } }],
  ['no jti', { change: { jti: undefined } }],
  ['a jti that is not text', { change: { jti: 1 } }],
  ['a role that is none', { change: { role: 'root' } }],
  ['no subject', { change: { sub: undefined } }],
  ['a subject that is not text', { change: { sub: 1 } }],
  ['no end', { change: { exp: undefined } }],
  ['an end that is null', { change: { exp: null } }],
  ['an end that is text', { change: { exp: '9999999999' } }],
  ['an end that no date has', { change: { exp: 1e300 } }],
  ['a beginning that is to come', { change: { nbf: 9_999_999_999 } }],
  ['a list of issuers', { change: { iss: ['vpms', 'other'] } }],
  // The signature is checked before any claim, so the response reveals nothing about the claims.
  ['another secret and an end in the past', { secret: 'other', change: { exp: 1 } }],
  ['another secret and an unknown session', { secret: 'other', change: { jti: 'unknown' } }],
];

describe('tokens', () => {
  const clock = new FixedClock();
  const environment = { JWT_SECRET: SECRET, JWT_EXPIRES_IN: String(LIFETIME) };
  const vpms = useTestApp({ clock, environment });

  const me = (token: string) => vpms.http.get('/api/auth/me', { token });
  const withHeader = (authorization: string) =>
    vpms.http.get('/api/auth/me', { headers: { authorization } });
  const logout = (token: string) => vpms.http.post('/api/auth/logout', { token });
  const login = async ({ username }: TestAccount): Promise<string> => {
    const body = { username, password: 'test123' };
    const response = await vpms.http.post('/api/user/login', { body });
    expect(response.body.expires_in).toBe(LIFETIME);
    return response.body.token;
  };

  it('are HS256 and contain only the necessary claims', async () => {
    const { token, id } = await createMember(vpms);
    const [header = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'HS256' });
    const claims = claimsOf(token);
    expect(Object.keys(claims).sort()).toEqual(['exp', 'iat', 'iss', 'jti', 'role', 'sub']);
    expect(claims).toMatchObject({ sub: String(id), role: 'user' });
    expect(forgeToken({ claims }), 'what forged tokens differ from').toHaveLength(token.length);
  });

  it('have an id of 128 random bits, a new one for each login', async () => {
    const member = await createMember(vpms);
    const tokens = [member.token, ...(await Promise.all([1, 2, 3].map(() => login(member))))];
    const ids = tokens.map((token) => String(claimsOf(token)['jti']));
    expect(new Set(ids).size).toBe(tokens.length);
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(16);
  });

  it('are required', async () => {
    const response = await vpms.http.get('/api/auth/me');
    expectProblem(response, '401 TOKEN_MISSING');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const { token } = await createMember(vpms);
    expectProblem(await vpms.http.get(`/api/auth/me?token=${token}`), '401 TOKEN_MISSING');
    const headers = { cookie: `token=${token}` };
    expectProblem(await vpms.http.get('/api/auth/me', { headers }), '401 TOKEN_MISSING');
  });

  it('are accepted with any case of the scheme', async () => {
    const { token } = await createMember(vpms);
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect((await withHeader(`${scheme} ${token}`)).status).toBe(200);
    }
  });

  it('are refused with another scheme or with other text in the header', async () => {
    const { token } = await createMember(vpms);
    const headers = [
      'Bearer',
      'Bearer undefined',
      token,
      `Basic ${Buffer.from('user:test123').toString('base64')}`,
      `Token ${token}`,
      `Bearer ${token} x`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer "${token}"`,
      `Bearer${token}`,
    ];
    for (const header of headers) expectProblem(await withHeader(header), '401 TOKEN_INVALID');
  });

  it('are refused if a character is changed', async () => {
    const { token } = await createMember(vpms);
    const [header, claims = '', signature = ''] = token.split('.');
    const forged = [
      `${header}.${claims}.`,
      `${header}.${claims}`,
      `${header}.${claims}.${signature.slice(0, -2)}`,
      `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${header}.${claims.slice(0, 10)}x${claims.slice(11)}.${signature}`,
      `${token}.x`,
      '../..',
      'a.b.c',
    ];
    for (const other of forged) expectProblem(await me(other), '401 TOKEN_INVALID');
  });

  it.each(FORGERIES)('are refused with %s', async (_, { change, ...forgery }) => {
    const { token } = await createMember(vpms);
    const forged = forgeToken({ claims: { ...claimsOf(token), ...change }, ...forgery });
    expectProblem(await me(forged), '401 TOKEN_INVALID');
    expectProblem(await me(`${forged.split('.').slice(0, 2).join('.')}.`), '401 TOKEN_INVALID');
  });

  it('are revoked if they name another session, account or role than the stored session', async () => {
    const other = await createMember(vpms);
    for (const change of [{ jti: 'unknown' }, { sub: String(other.id) }, { role: 'admin' }]) {
      const { token } = await createMember(vpms);
      const forged = forgeToken({ claims: { ...claimsOf(token), ...change } });
      expectProblem(await me(forged), '401 TOKEN_REVOKED');
    }
  });

  it('are refused if their expiry is not that of the stored session', async () => {
    const { token } = await createMember(vpms);
    const { exp } = claimsOf(token);
    for (const other of [Number(exp) + 1, Number(exp) + 0.5, 99_999_999_999]) {
      const forged = forgeToken({ claims: { ...claimsOf(token), exp: other } });
      expect((await me(forged)).status).toBe(401);
    }
    const ended = forgeToken({ claims: { ...claimsOf(token), exp: 1 } });
    expectProblem(await me(ended), '401 TOKEN_EXPIRED');
    expect((await me(token)).status).toBe(200);
  });

  it('are refused if they are invalid, at any length', async () => {
    const { token } = await createMember(vpms);
    const long = forgeToken({ claims: { ...claimsOf(token), jti: 'x'.repeat(10_000) } });
    expectProblem(await me(long), '401 TOKEN_REVOKED');
    expectProblem(await me('x'.repeat(15_000)), '401 TOKEN_INVALID');
    expectProblem(await me('.'.repeat(15_000)), '401 TOKEN_INVALID');
    expectProblem(await me('x'.repeat(20_000)), '431 HEADERS_TOO_LARGE');
  });

  it('are revoked with their account', async () => {
    const { id, token } = await createMember(vpms);
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`DELETE FROM sessions WHERE account_id = ${id}`;
      await tx.sql`DELETE FROM accounts WHERE id = ${id}`;
    });
    expectProblem(await me(token), '401 TOKEN_REVOKED');
  });

  it("are revoked if the account's role changes", async () => {
    const { id, token } = await createMember(vpms);
    await vpms.app
      .get(TransactionRunner)
      .run((tx) => tx.sql`UPDATE accounts SET role = 'admin' WHERE id = ${id}`);
    expectProblem(await me(token), '401 TOKEN_REVOKED');
    const stats = await vpms.http.get('/api/admin/stats', { token });
    expectProblem(stats, '401 TOKEN_REVOKED');
  });

  it('are valid for JWT_EXPIRES_IN seconds', async () => {
    const { token } = await createMember(vpms);
    clock.advance((LIFETIME - 1) * 1000);
    expect((await me(token)).status).toBe(200);
    clock.advance(1000);
    const response = await me(token);
    expectProblem(response, '401 TOKEN_EXPIRED');
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('are revoked one by one at logout', async () => {
    const member = await createMember(vpms);
    const other = await login(member);
    const response = await logout(member.token);
    expect(response).toMatchObject({ status: 204, text: '' });
    for (const path of ['/api/auth/me', '/api/user/stats', '/api/admin/stats']) {
      const refused = await vpms.http.get(path, { token: member.token });
      expectProblem(refused, '401 TOKEN_REVOKED');
    }
    expectProblem(await logout(member.token), '401 TOKEN_REVOKED');
    expect((await me(other)).status).toBe(200);
    expect((await me(await login(member))).status).toBe(200);
  });

  it('are revoked after concurrent logouts', async () => {
    const { token } = await createMember(vpms);
    const responses = await Promise.all(Array.from({ length: 10 }, () => logout(token)));
    for (const { status } of responses) expect([204, 401]).toContain(status);
    expectProblem(await me(token), '401 TOKEN_REVOKED');
  });

  it('stay revoked or valid after a restart', async () => {
    const first = await startTestApp({ clock });
    const ended = await createMember(first);
    const lasting = await createMember(first);
    await first.http.post('/api/auth/logout', { token: ended.token });
    await first.stop();
    await using second = await startTestApp({ clock, dataDirectory: first.dataDirectory });
    const refused = await second.http.get('/api/auth/me', { token: ended.token });
    expectProblem(refused, '401 TOKEN_REVOKED');
    const response = await second.http.get('/api/auth/me', { token: lasting.token });
    expect(response.status).toBe(200);
  });

  it('of another installation are refused', async () => {
    await using other = await startTestApp({ clock });
    const { token } = await createMember(other);
    expectProblem(await me(token), '401 TOKEN_INVALID');
  });
});
