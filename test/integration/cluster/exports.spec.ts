import { afterAll, beforeAll, expect, it } from 'vitest';
import { requestExport, waitForExport } from '../../support/app/exports.js';
import {
  addLot,
  Cluster,
  type Driver,
  LONG_TIMEOUTS,
  pick,
} from '../../support/servers/cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import type { VpmsProcess } from '../../support/app/processes.js';
import { loginAdmin } from '../../support/http/login.js';

const DRIVERS = 5;

describeWithServers('two instances with rate limits', () => {
  let cluster: Cluster;
  let apis: VpmsProcess[];
  let lotId: number;

  beforeAll(async () => {
    cluster = await Cluster.start();
    const environment = { ...LONG_TIMEOUTS, RATE_LIMIT_ENABLED: 'true' };
    apis = await Promise.all([
      cluster.launch('api', environment),
      cluster.launch('api', environment),
    ]);
    await cluster.launch('worker');
    lotId = await addLot(pick(apis, 0), await loginAdmin(pick(apis, 0)), 10);
  }, 120_000);
  afterAll(() => cluster?.[Symbol.asyncDispose](), 60_000);

  it('return the last export of the hour to concurrent requests on both', async () => {
    for (const driver of await cluster.addDrivers(DRIVERS)) {
      const { token } = driver;
      const { http } = pick(apis, 0);
      for (let made = 0; made < 9; made += 1) {
        await park(driver);
        await waitForExport(await requestExport(http, token), 'completed');
      }
      await park(driver);
      const requests = Array.from({ length: 6 }, (_, index) =>
        pick(apis, index).http.as({ token }).requestExport(),
      );
      const responses = await Promise.all(requests);
      expect(responses.map(({ status }) => status)).toEqual(Array(6).fill(202));
      expect(new Set(responses.map(({ body }) => body.task_id)).size).toBe(1);
    }
    const hits = `SELECT COUNT(*) FROM audit_log WHERE action = 'limit.hit'`;
    expect(await cluster.count(hits)).toBe(0);
  }, 60_000);

  /** Changes what the driver's next export contains. */
  async function park({ token }: Driver): Promise<void> {
    const api = pick(apis, 0).http.as({ token });
    const { status, body } = await api.book(lotId);
    expect(status).toBe(201);
    expect((await api.release(Number(body.id))).status).toBe(200);
  }
});
