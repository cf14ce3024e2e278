import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { expectNoViolations, expectFreshResponses } from '../../support/cluster/cluster-checks.js';
import { BookingLoad } from '../../support/cluster/cluster-load.js';
import { pick } from '../../support/cluster/cluster.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { exportCsv } from '../../support/scenes/exports.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

const DRIVERS = 24;
/** In milliseconds: a response takes at most five seconds; one more is for other load on the machine. */
const LONGEST_WAIT = 6_000;

describeWithServers('a cluster during an outage of PostgreSQL', () => {
  const cluster = useCluster({ workers: 1 });

  it.each([
    {
      what: 'stopped',
      milliseconds: 5_000,
      goes: () => cluster.postgres.stop(),
      returns: () => cluster.postgres.start(),
    },
    {
      what: 'frozen',
      milliseconds: 8_000,
      goes: async () => cluster.postgres.pause(),
      returns: async () => cluster.postgres.resume(),
    },
  ])(
    'returns 503 with Retry-After promptly while the server is $what',
    async ({ what, milliseconds, goes, returns }) => {
      const drivers = await cluster.addDrivers(DRIVERS);
      const lots = [await cluster.addLot(2 * DRIVERS), await cluster.addLot(2 * DRIVERS)];
      const load = new BookingLoad({ apis: cluster.apis, drivers, lots });
      let recovery: number;
      try {
        await sleep(1_000);
        await goes();
        const end = performance.now() + milliseconds;
        expect(await readiness()).toEqual([503, 503, 503]);
        await sleep(end - performance.now());
        await returns();
        const back = performance.now();
        await expect.poll(() => readiness(), { timeout: 30_000 }).toEqual([200, 200, 200]);
        recovery = performance.now() - back;
        const before = load.booked.size;
        await expect.poll(() => load.booked.size, { timeout: 20_000 }).toBeGreaterThan(before + 50);
      } finally {
        await load.stop();
      }
      const waits = { longestWait: load.longestWait, recovery };
      process.stdout.write(`PostgreSQL ${what}: ${JSON.stringify({ ...load.tally, ...waits })}\n`);
      const refused = load.responses.filter(({ status }) => status === 503);
      expect(refused.length).toBeGreaterThan(0);
      for (const { retryAfter } of refused) expect(retryAfter).toMatch(/^[1-9]\d*$/);
      const others = load.responses.filter(({ status }) => status !== 503).map(({ kind }) => kind);
      // A write that was committed without a response results in a conflict later.
      const known = ['book 201', 'book 409 ALREADY_PARKED', 'look 200'];
      known.push('release 200', 'release 409 ALREADY_RELEASED');
      expect(known).toEqual(expect.arrayContaining([...new Set(others)]));
      expect(load.longestWait).toBeLessThan(LONGEST_WAIT);
      await load.expectAcknowledgedWritesStored(cluster);
      await expectNoViolations(cluster);
      await expectFreshResponses(cluster, drivers);
      // The worker also runs jobs again.
      const csv = await exportCsv(cluster.api(0).http, pick(drivers, 0).token);
      expect(csv.text).toContain('Reservation ID');
    },
    120_000,
  );

  it('keeps every process running', async () => {
    for (const started of cluster.processes) {
      expect((await started.http.get('/health/live')).status).toBe(200);
      const { code, stderr } = await started.stop();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  }, 60_000);

  function readiness(): Promise<number[]> {
    return Promise.all(
      cluster.processes.map(async ({ http }) => (await http.get('/health/ready')).status),
    );
  }
});
