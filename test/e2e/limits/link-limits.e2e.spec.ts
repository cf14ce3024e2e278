import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Unsubscriptions } from '../../../src/auth/links/unsubscriptions.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { createMember } from '../../support/data/factories.js';
import {
  LIMITED,
  LIMITED_ENVIRONMENT,
  MovingClient,
  spendAllButOne,
} from '../../support/http/clients/moving-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { MailServer } from '../../support/servers/mail-server.js';

describe('rate limits for forgotten passwords', () => {
  let mailServer: MailServer;
  let vpms: TestApp;
  let client: MovingClient;

  beforeAll(async () => {
    mailServer = await MailServer.start();
    const environment = { ...LIMITED_ENVIRONMENT, ...mailServer.environment };
    vpms = await startTestApp({ environment });
    client = new MovingClient(vpms);
  });
  afterAll(async () => {
    await vpms[Symbol.asyncDispose]();
    await mailServer[Symbol.asyncDispose]();
  });

  const forget = (email: string) => client.post('/api/user/forgot-password', { email });

  it('are three per hour for an e-mail address, from anywhere, whether an account has it or not', async () => {
    const { username } = await createMember(vpms);
    const refusals = [];
    for (const email of [`${username}@example.com`, 'unknown@example.com']) {
      for (const typed of [email, email.toUpperCase(), email]) {
        client.move();
        expect((await forget(typed)).status).toBe(202);
      }
      client.move();
      const refused = await forget(email);
      expectProblem(refused, LIMITED);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
      refusals.push([refused.body.message, Object.keys(refused.body)]);
    }
    expect(refusals[0]).toEqual(refusals[1]);
    expect((await forget('another@example.com')).status).toBe(202);
    const mails = () => mailServer.received.filter(({ to }) => to === `${username}@example.com`);
    await expect.poll(() => mails().length).toBe(3);
  });

  it('are thirty per hour from a client address, for any e-mail addresses', async () => {
    client.move();
    for (let count = 0; count < 30; count += 1) {
      expect((await forget(`many${count}@example.com`)).status).toBe(202);
    }
    const refused = await forget('many30@example.com');
    expectProblem(refused, LIMITED);
    expect(refused.body.message).toContain('password links from this address');
    client.move();
    expect((await forget('many30@example.com')).status).toBe(202);
  });

  it('bound the uses of links from a client address, including those on the pages', async () => {
    const address = client.move();
    const use = () =>
      client.post('/api/auth/reset-password', { token: 'x', new_password: 'a long one' });
    await spendAllButOne(vpms, 'links-from-address', address);
    expectProblem(await use(), '410 RESET_LINK_GONE');
    expectProblem(await use(), LIMITED);
    for (const page of ['confirm', 'unsubscribe']) {
      const headers = { ...client.headers, 'content-type': 'application/x-www-form-urlencoded' };
      const refused = await vpms.http.post(`/${page}?token=x`, { raw: '', headers });
      expect(refused.status, page).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    }
    client.move();
    expectProblem(await use(), '410 RESET_LINK_GONE');
  });

  it('do not bound one-click unsubscribing of many drivers through one mail provider', async () => {
    const provider = client.move();
    await spendAllButOne(vpms, 'links-from-address', provider);
    const unsubscribe = (token: string) =>
      vpms.http.post(`/unsubscribe?token=${token}`, {
        raw: 'List-Unsubscribe=One-Click',
        headers: { ...client.headers, 'content-type': 'application/x-www-form-urlencoded' },
      });
    const tokens = [];
    for (let driver = 0; driver < 4; driver += 1) {
      const { id, username } = await createMember(vpms);
      const url = vpms.app.get(Unsubscriptions).urlFor({ id, emailKey: `${username}@example.com` });
      tokens.push({ id, token: new URL(url).searchParams.get('token') ?? '' });
    }
    for (const { token } of tokens) expect((await unsubscribe(token)).status).toBe(200);
    const invalid = tokens.map(({ id }) => `${id}-${'x'.repeat(43)}`);
    expect((await unsubscribe(invalid[0] ?? '')).status).toBe(410);
    expect((await unsubscribe(invalid[1] ?? '')).status).toBe(429);
    const [first, second] = tokens;
    expect((await unsubscribe(second?.token ?? '')).status).toBe(200);
    await spendAllButOne(vpms, 'unsubscribing-of-account', String(first?.id));
    client.move();
    expect((await unsubscribe(first?.token ?? '')).status).toBe(429);
    expect((await unsubscribe(second?.token ?? '')).status).toBe(200);
  });
});
