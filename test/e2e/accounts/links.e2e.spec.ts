import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { createMember, PASSWORD } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';
import { MailedLinks, tokenOf } from '../../support/scenes/mailed-links.js';

const mailed = new MailedLinks();
const { vpms, clock, mailsTo, linkTo, register, logIn, forget, reset, isConfirmed } = mailed;

describe('a forgotten password', () => {
  it('is replaced by a mailed link, once, which ends the sessions and confirms the address', async () => {
    const { id, username, email } = await register();
    const { token: session } = (await logIn(username)).body;
    const requested = await forget(email.toUpperCase());
    expect([requested.status, Object.keys(requested.body)]).toEqual([202, ['message']]);
    const token = tokenOf(await linkTo(email, 2));
    expect((await logIn(username)).status).toBe(200);
    expect([await isConfirmed(id), (await reset(token)).status]).toEqual([false, 204]);
    expect((await logIn(username)).status).toBe(401);
    expect((await logIn(username, 'new password')).status).toBe(200);
    expectProblem(await vpms.http.get('/api/auth/me', { token: session }), '401 TOKEN_REVOKED');
    expectProblem(await reset(token, 'another one'), '410 RESET_LINK_GONE');
    expect(await isConfirmed(id)).toBe(true);
  });

  it('ignores an Idempotency-Key, and a repeated request does no harm', async () => {
    const { username, email } = await register();
    const headers = { 'idempotency-key': 'the-same-one' };
    const post = (path: string, body: object) => vpms.http.post(path, { body, headers });
    const links = [];
    for (const count of [2, 3]) {
      const { status } = await post('/api/user/forgot-password', { email });
      links.push([status, tokenOf(await linkTo(email, count))] as const);
    }
    expect(links.map(([status]) => status)).toEqual([202, 202]);
    const [first = '', last = ''] = links.map(([, token]) => token);
    const body = { new_password: 'new password' };
    const replaced = await post('/api/auth/reset-password', { ...body, token: first });
    expectProblem(replaced, '410 RESET_LINK_GONE');
    expect((await post('/api/auth/reset-password', { ...body, token: last })).status).toBe(204);
    const repeated = await post('/api/auth/reset-password', { ...body, token: last });
    expectProblem(repeated, '410 RESET_LINK_GONE');
    expect((await logIn(username, 'new password')).status).toBe(200);
  });

  it('keeps its link if the new one is refused', async () => {
    const { username, email } = await register();
    await forget(email);
    const token = tokenOf(await linkTo(email, 2));
    expectProblem(await reset(token, 'x'), '400 VALIDATION_FAILED');
    expect((await vpms.http.get(`/reset-password?token=${token}`)).status).toBe(200);
    expect((await reset(token)).status).toBe(204);
    expect((await logIn(username, 'new password')).status).toBe(200);
  });

  it('gets the same response for every link that cannot be used', async () => {
    const { username, email } = await register();
    const driver = await register();
    await forget(driver.email);
    const used = tokenOf(await linkTo(driver.email, 2));
    expect((await reset(used)).status).toBe(204);
    await forget(email);
    const replaced = tokenOf(await linkTo(email, 2));
    await forget(email);
    const token = tokenOf(await linkTo(email, 3));
    await using other = await startTestApp();
    const foreign = await createMember(other);
    const admin = other.as(await createMember(other, 'admin'));
    const issued = await admin.post(`/api/admin/users/${foreign.id}/reset-password`);
    const others = [
      '',
      'x',
      token.slice(0, -1),
      `${token}x`,
      'x'.repeat(5_000),
      '\u0001',
      used,
      replaced,
    ];
    const responses = [];
    for (const wrong of [...others, tokenOf(issued.body.reset_url)]) {
      responses.push(await reset(wrong));
    }
    clock.advance(HOUR);
    responses.push(await reset(token));
    for (const response of responses) {
      expectProblem(response, '410 RESET_LINK_GONE');
      const { request_id: requestId, ...problem } = response.body;
      expect(requestId).toBeTypeOf('string');
      expect(problem).toEqual({ ...responses[0]?.body, request_id: undefined });
    }
    expect((await logIn(username)).status).toBe(200);
  });

  it('has a link until an hour has passed, or the password or e-mail changes', async () => {
    const { id, username, email } = await register();
    await forget(email);
    const token = tokenOf(await linkTo(email, 2));
    clock.advance(HOUR - 1);
    const page = () => vpms.http.get(`/reset-password?token=${token}`);
    expect((await page()).status).toBe(200);
    const { token: session } = (await logIn(username)).body;
    const body = { current_password: PASSWORD, new_password: 'changed' };
    await vpms.http.post('/api/auth/change-password', { token: session, body });
    expect((await page()).status).toBe(410);
    await forget(email);
    const second = tokenOf(await linkTo(email, 3));
    const admin = await createMember(vpms, 'admin');
    await vpms.http.request('PATCH', `/api/admin/users/${id}`, {
      token: admin.token,
      body: { email: `moved-${email}` },
    });
    expectProblem(await reset(second), '410 RESET_LINK_GONE');
  });

  it('is set once if the link is used twice at the same moment', async () => {
    const { username, email } = await register();
    await forget(email);
    const token = tokenOf(await linkTo(email, 2));
    const passwords = ['the first', 'the second', 'the third'];
    const responses = await Promise.all(passwords.map((password) => reset(token, password)));
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 410)).toHaveLength(2);
    const valid = passwords[statuses.indexOf(204)];
    expect((await logIn(username, valid)).status).toBe(200);
  });

  it('gets no link for the account of an operator or a disabled or unknown one, and does not reveal it', async () => {
    const { id, email, username } = await register();
    const admin = await createMember(vpms, 'admin');
    const body = { disabled: true };
    await vpms.http.request('PATCH', `/api/admin/users/${id}`, { token: admin.token, body });
    const known = await register();
    const unknown = 'unknown@example.com';
    const responses = [];
    for (const address of [email, unknown, `${admin.username}@example.com`, known.email]) {
      responses.push(await forget(address));
    }
    for (const { status, text } of responses) {
      expect([status, text]).toEqual([202, responses[0]?.text]);
    }
    await mailsTo(known.email, 2);
    const recipients = mailed.mailServer.received.map(({ to }) => to);
    expect(recipients).not.toContain(unknown);
    expect(recipients).not.toContain(`${admin.username}@example.com`);
    expect(recipients.filter((to) => to === email)).toHaveLength(1);
    expect((await logIn(username)).status).toBe(401);
  });

  it('is not replaced for an invalid address', async () => {
    for (const email of ['', ' ', 7, 'x'.repeat(121), 'a\u0000@example.com']) {
      const response = await vpms.http.post('/api/user/forgot-password', { body: { email } });
      expectProblem(response, '400 VALIDATION_FAILED');
    }
  });

  it('leaves no token in the database', async () => {
    const { email } = await register();
    await forget(email);
    const token = tokenOf(await linkTo(email, 2));
    const tables = ['account_links', 'jobs', 'audit_log', 'deliveries', 'idempotency_records'];
    for (const table of tables) {
      const rows = await queryDatabase(vpms.dataDirectory, `SELECT * FROM ${table}`);
      expect(JSON.stringify(rows)).not.toContain(token);
    }
  });
});

describe('without a mail server', () => {
  const plain = useTestApp();

  it('there are no links for forgotten passwords, and registering works', async () => {
    const body = { email: 'a@example.com' };
    const refused = await plain.http.post('/api/user/forgot-password', { body });
    expectProblem(refused, '503 MAIL_UNAVAILABLE');
    const person = { username: 'someone', email: 'a@example.com', password: PASSWORD };
    expect((await plain.http.post('/api/user/register', { body: person })).status).toBe(201);
  });
});
