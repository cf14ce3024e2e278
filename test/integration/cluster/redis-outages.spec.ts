import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { expectNoViolations, expectFreshResponses } from '../../support/cluster/cluster-checks.js';
import { BookingLoad } from '../../support/cluster/cluster-load.js';
import { pick } from '../../support/cluster/cluster.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { exportCsv } from '../../support/scenes/exports.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import type { VpmsProcess } from '../../support/processes/processes.js';

const OUTAGE_MILLISECONDS = 5_000;
const DRIVERS = 12;

describeWithServers('a cluster during an outage of Redis', () => {
  const cluster = useCluster({ workers: 1 });

  it.each([
    {
      what: 'stopped',
      goes: () => cluster.redis.stop(),
      returns: () => cluster.redis.start(),
    },
    {
      what: 'frozen',
      goes: async () => cluster.redis.pause(),
      returns: async () => cluster.redis.resume(),
    },
  ])(
    'accepts every booking while the server is $what, and returns nothing stale afterwards',
    async ({ what, goes, returns }) => {
      const drivers = await cluster.addDrivers(DRIVERS);
      // There are more spots than drivers, so only 201 and 200 are correct.
      const lots = [await cluster.addLot(2 * DRIVERS), await cluster.addLot(2 * DRIVERS)];
      // Values that are cached now are outdated when Redis is available again.
      await expectFreshResponses(cluster, drivers);
      const load = new BookingLoad({ apis: cluster.apis, drivers, lots });
      const readings = new Readings(cluster.apis, {
        admin: cluster.admin,
        driver: pick(drivers, 0).token,
      });
      try {
        await sleep(1_000);
        await goes();
        const before = load.booked.size;
        await expect
          .poll(() => readiness(), { timeout: 5_000 })
          .toEqual([
            ['degraded', 200],
            ['degraded', 200],
            ['degraded', 200],
          ]);
        await sleep(OUTAGE_MILLISECONDS);
        expect(load.booked.size).toBeGreaterThan(before + DRIVERS);
        await returns();
        await expect
          .poll(() => readiness(), { timeout: 15_000 })
          .toEqual([
            ['ok', 200],
            ['ok', 200],
            ['ok', 200],
          ]);
        await sleep(1_000);
      } finally {
        await Promise.all([load.stop(), readings.stop()]);
      }
      const measured = { ...load.tally, longestWait: Math.round(load.longestWait) };
      process.stdout.write(`Redis ${what}: ${JSON.stringify(measured)}\n`);
      expect(Object.keys(load.tally).toSorted()).toEqual(['book 201', 'release 200']);
      expect(readings.statuses).toEqual(new Set([200]));
      await expectFreshResponses(cluster, drivers);
      await load.expectAcknowledgedWritesStored(cluster);
      await expectNoViolations(cluster);
      // The queue also works again.
      const csv = await exportCsv(cluster.api(0).http, pick(drivers, 0).token);
      expect(csv.text).toContain('Reservation ID');
    },
    120_000,
  );

  it('keeps every process running', async () => {
    for (const started of cluster.processes) {
      expect((await started.http.get('/health/live')).status).toBe(200);
      expect((await started.stop()).code).toBe(0);
    }
  }, 60_000);

  function readiness(): Promise<unknown[]> {
    return Promise.all(
      cluster.processes.map(async ({ http }) => {
        const { status, body } = await http.get('/health/ready');
        return [body.status, status];
      }),
    );
  }
});

/** Reads cached responses in a loop, so that values are cached throughout the outage. */
class Readings {
  readonly statuses = new Set<number>();
  private isOver = false;
  private readonly finished: Promise<unknown>;

  constructor(
    apis: readonly VpmsProcess[],
    private readonly tokens: { readonly admin: string; readonly driver: string },
  ) {
    this.finished = Promise.all(apis.map((api) => this.read(api)));
    // Rejections are reported by `stop`.
    this.finished.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.finished;
  }

  private async read({ http }: VpmsProcess): Promise<void> {
    const { admin, driver } = this.tokens;
    while (!this.isOver) {
      const responses = await Promise.all([
        http.get('/api/admin/stats', { token: admin }),
        http.get('/api/user/parking-lots/available', { token: driver }),
        http.get('/api/user/stats', { token: driver }),
      ]);
      for (const { status } of responses) this.statuses.add(status);
    }
  }
}
