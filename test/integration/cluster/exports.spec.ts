import { expect, it } from 'vitest';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { LONG_TIMEOUTS } from '../../support/cluster/cluster.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

const DRIVERS = 5;

describeWithServers('two instances with rate limits', () => {
  const cluster = useCluster({
    workers: 1,
    environment: { ...LONG_TIMEOUTS, RATE_LIMIT_ENABLED: 'true' },
  });

  it('return the last export of the hour to concurrent requests on both', async () => {
    const lotId = await cluster.addLot(10);
    for (const driver of await cluster.addDrivers(DRIVERS)) {
      for (let made = 0; made < 9; made += 1) {
        await cluster.via(0, driver).stay(lotId);
        await waitForExport(await requestExport(cluster.api(0).http, driver.token), 'completed');
      }
      await cluster.via(0, driver).stay(lotId);
      const requests = Array.from({ length: 6 }, (_, index) =>
        cluster.via(index, driver).requestExport(),
      );
      const responses = await Promise.all(requests);
      expect(responses.map(({ status }) => status)).toEqual(Array(6).fill(202));
      expect(new Set(responses.map(({ body }) => body.task_id)).size).toBe(1);
    }
    const hits = `SELECT COUNT(*) FROM audit_log WHERE action = 'limit.hit'`;
    expect(await cluster.count(hits)).toBe(0);
  }, 60_000);
});
