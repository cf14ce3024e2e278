import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectFirstStart } from '../../support/crash/first-start.js';
import { expectNothingLost, type CrashTarget } from '../../support/crash/rounds.js';
import { PostgresCrashEnvironment } from '../../support/crash/environment.js';
import { runToEnd } from '../../support/processes/processes.js';
import { startPostgres } from '../../support/servers/postgres-server.js';
import type { ThrowawayServer } from '../../support/servers/throwaway-server.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

/** A fault in the commit or in the idempotency records is found within four kills. */
const KILLS = 8;
const FIRST_STARTS = 3;

describeWithServers('the program on PostgreSQL', () => {
  let server: ThrowawayServer;
  beforeAll(async () => void (server = await startPostgres()), 120_000);
  afterAll(() => server?.[Symbol.asyncDispose](), 60_000);

  it('loses nothing and leaves nothing incomplete if the program is killed at any moment', async () => {
    await using site = await PostgresCrashEnvironment.of(server, 'rounds');
    await expectNothingLost(
      site,
      Array.from({ length: KILLS }, (_, round) => victimOf(round)),
    );
  }, 600_000);

  it('starts again after being killed while it created its database', async () => {
    for (let start = 0; start < FIRST_STARTS; start += 1) {
      await using site = await PostgresCrashEnvironment.of(server, `first_start_${start}`);
      await expectFirstStart(site);
    }
  }, 300_000);

  it('refuses a database of a newer version', async () => {
    await using site = await PostgresCrashEnvironment.of(server, 'newer');
    await (await site.start()).stop();
    await site.query(
      `INSERT INTO migrations (timestamp, name) VALUES (9e12, 'Later9000000000000')`,
    );
    const { code, stderr } = await runToEnd(site.options);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^[^\n]+ cannot be used: a newer version of VPMS has changed it [^\n]+\n$/,
    );
  }, 120_000);
});

/** Sometimes the database server is killed, alone or with the program. */
function victimOf(round: number): CrashTarget {
  if (round % 4 === 1) return 'both';
  return round % 4 === 3 ? 'server' : 'program';
}
