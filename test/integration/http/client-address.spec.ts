import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_REGISTRATIONS_PER_HOUR } from '../../../src/platform/rate-limits/limit-policies.js';
import { RateLimits } from '../../../src/platform/rate-limits/rate-limits.js';
import { PASSWORD } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';

const LIMIT = 'registrations-from-address';
const POINTS = DEFAULT_REGISTRATIONS_PER_HOUR;

describe("the client's address", () => {
  let vpms: TestApp;

  afterEach(() => vpms[Symbol.asyncDispose]());

  const start = async (trusted = '') => {
    vpms = await startTestApp({
      environment: { RATE_LIMIT_ENABLED: 'true', TRUST_PROXY: trusted },
    });
  };
  /** Returns the networks for which a request with this `X-Forwarded-For` header is counted. */
  const countedAs = async (forwardedFor: string, networks: readonly string[]) => {
    const limits = vpms.app.get(RateLimits);
    const remaining = () =>
      Promise.all(
        networks.map(async (network) => {
          const { quota, refund: giveBack } = await limits.tryConsume(LIMIT, network);
          await giveBack();
          return quota.remaining;
        }),
      );
    const before = await remaining();
    await vpms.http.post('/api/user/register', {
      body: { username: 'somebody', email: 'somebody@example.com', password: PASSWORD },
      headers: { 'x-forwarded-for': forwardedFor },
    });
    const after = await remaining();
    return networks.filter((_, index) => before[index] !== after[index]);
  };
  const KNOWN = ['127.0.0.1', '192.0.2.1', '192.0.2.2', '10.0.0.1', '2001:db8:1:2::/64'];

  it("is the connection's address and never that of a header", async () => {
    await start();
    for (const spoofed of ['192.0.2.1', '192.0.2.1, 127.0.0.1', '10.0.0.1, 192.0.2.1', '::1']) {
      expect(await countedAs(spoofed, KNOWN)).toEqual(['127.0.0.1']);
    }
  });

  it('is the last address that is not a trusted proxy', async () => {
    await start('loopback, 10.0.0.0/8');
    expect(await countedAs('192.0.2.1', KNOWN)).toEqual(['192.0.2.1']);
    expect(await countedAs('192.0.2.1, 192.0.2.2', KNOWN)).toEqual(['192.0.2.2']);
    expect(await countedAs('192.0.2.1, 192.0.2.2, 10.0.0.1', KNOWN)).toEqual(['192.0.2.2']);
    expect(await countedAs('2001:db8:1:2::99', KNOWN)).toEqual(['2001:db8:1:2::/64']);
    expect(await countedAs('::ffff:192.0.2.1', KNOWN)).toEqual(['192.0.2.1']);
  });

  it('does not include the port that some proxies add', async () => {
    await start('loopback');
    expect(await countedAs('192.0.2.1:4711', KNOWN)).toEqual(['192.0.2.1']);
    expect(await countedAs('[2001:db8:1:2::99]:4711', KNOWN)).toEqual(['2001:db8:1:2::/64']);
    expect(await countedAs('2001:db8:1:2::4711', KNOWN)).toEqual(['2001:db8:1:2::/64']);
  });

  it('is not taken from an untrusted proxy', async () => {
    await start('10.0.0.0/8');
    expect(await countedAs('192.0.2.1', KNOWN)).toEqual(['127.0.0.1']);
    expect(await countedAs('192.0.2.1, 10.0.0.1', KNOWN)).toEqual(['127.0.0.1']);
  });

  it('is the configured number of hops away', async () => {
    await start('2');
    expect(await countedAs('192.0.2.1, 192.0.2.2, 10.0.0.1', KNOWN)).toEqual(['192.0.2.2']);
  });

  it('is the key of the rate limits', async () => {
    await start('loopback');
    const limits = vpms.app.get(RateLimits);
    for (let point = 0; point < POINTS; point += 1) await limits.consume(LIMIT, '192.0.2.1');
    const body = { username: 'somebody', email: 'somebody@example.com', password: PASSWORD };
    const register = (forwardedFor: string) =>
      vpms.http.post('/api/user/register', {
        body,
        headers: { 'x-forwarded-for': forwardedFor },
      });
    expectProblem(await register('192.0.2.2, 192.0.2.1'), '429 RATE_LIMITED');
    expect((await register('192.0.2.1, 192.0.2.2')).status).toBe(201);
  });
});
