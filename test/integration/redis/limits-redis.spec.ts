import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createLot,
  createMember,
  type TestAccount,
  PASSWORD,
} from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { startRedis } from '../../support/servers/redis-server.js';
import type { ThrowawayServer } from '../../support/servers/throwaway-server.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';

describeWithServers('rate limits of several instances', () => {
  let redis: ThrowawayServer;
  let first: TestApp;
  let second: TestApp;
  let addresses = 0;

  beforeAll(async () => {
    redis = await startRedis();
    const environment = {
      RATE_LIMIT_ENABLED: 'true',
      REDIS_URL: redis.url,
      TRUST_PROXY: 'loopback',
    };
    first = await startTestApp({ environment });
    second = await startTestApp({ environment });
  }, 60_000);
  afterAll(async () => {
    await first?.[Symbol.asyncDispose]();
    await second?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  const redisIsBack = async () => {
    const statuses = () =>
      Promise.all(
        [first, second].map(async ({ http }) => (await http.get('/health/ready')).body.status),
      );
    await expect.poll(statuses, { timeout: 10_000 }).toEqual(['ok', 'ok']);
  };
  /** Each login comes from a new address, because the test is about limits of accounts. */
  const login = ({ http }: TestApp, username: string, password = PASSWORD) => {
    addresses += 1;
    const headers = { 'x-forwarded-for': `198.51.100.${addresses}` };
    return http.post('/api/user/login', { body: { username, password }, headers });
  };
  const failTimes = async (vpms: TestApp, username: string, times: number) => {
    for (let time = 0; time < times; time += 1) {
      expectProblem(await login(vpms, username, 'wrong'), '401 CREDENTIALS_WRONG');
    }
  };

  it('are shared', async () => {
    await redisIsBack();
    const { username } = await createMember(first);
    await failTimes(first, username, 6);
    await failTimes(second, username, 4);
    expectProblem(await login(first, username), '429 RATE_LIMITED');
    expectProblem(await login(second, username), '429 RATE_LIMITED');
  });

  it.each([
    ['stopped', () => redis.stop(), () => redis.start()],
    ['frozen', async () => redis.pause(), async () => redis.resume()],
  ])(
    'apply in each instance while Redis is %s, and refuse no one else',
    async (_how, goes, returns) => {
      const drivers: TestAccount[] = [await createMember(first), await createMember(first)];
      const { id: lotId } = await createLot(first);
      const { username: known } = await createMember(first);
      await failTimes(first, known, 10);
      await goes();
      try {
        // This instance still has its own counts.
        expectProblem(await login(first, known), '429 RATE_LIMITED');
        for (const vpms of [first, second]) {
          const { username } = await createMember(vpms);
          await failTimes(vpms, username, 10);
          expectProblem(await login(vpms, username), '429 RATE_LIMITED');
        }
        for (const { token, username } of drivers) {
          const booked = await first.http.as({ token }).book(lotId);
          expect(booked.status).toBe(201);
          expect(booked.headers.get('ratelimit')).toMatch(/^"requests-of-account";r=29\d\d;/);
          await first.http.as({ token }).leave(booked.body.id);
          expect((await login(first, username)).status).toBe(200);
        }
      } finally {
        await returns();
      }
      await redisIsBack();
      // Requests use Redis again at most a second after it has become available.
      const shares = async () => {
        const { username } = await createMember(first);
        await failTimes(first, username, 10);
        return (await login(second, username)).status;
      };
      await expect.poll(shares, { timeout: 20_000, interval: 500 }).toBe(429);
    },
    60_000,
  );
});
