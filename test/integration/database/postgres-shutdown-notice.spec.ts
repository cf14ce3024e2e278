import { Logger } from '@nestjs/common';
import { beforeAll, expect, it } from 'vitest';
import { isDatabaseOutage } from '../../../src/platform/database/outages.js';
import { openPostgres } from '../../../src/platform/database/postgres/postgres.js';
import { PostgresTransactionRunner } from '../../../src/platform/database/postgres/postgres-transaction-runner.js';
import { startShutdownNoticeProxy } from '../../support/servers/shutdown-notice-proxy.js';
import { startPostgres } from '../../support/servers/postgres-server.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

describeWithServers('the program, when PostgreSQL is shut down right after a response,', () => {
  // The program logs every lost connection.
  beforeAll(() => Logger.overrideLogger(false));

  it('fails the running requests, and serves again afterwards', async () => {
    await using postgres = await startPostgres();
    await using proxy = await startShutdownNoticeProxy(Number(new URL(postgres.url).port));
    const url = new URL(postgres.url);
    url.port = String(proxy.port);
    const source = await openPostgres(
      {
        kind: 'postgres',
        url: url.href,
        poolSize: 2,
        connectTimeout: 2_000,
        statementTimeout: 4_000,
      },
      [],
    );
    const transactions = new PostgresTransactionRunner(source);
    const work = () =>
      Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          index % 2 === 0
            ? source.sql`SELECT 1 AS one`
            : transactions.run((tx) => tx.sql`SELECT 1 AS one`),
        ),
      );
    try {
      proxy.shutDown(true);
      for (let round = 0; round < 5; round += 1) {
        const failures = (await work()).filter((outcome) => outcome.status === 'rejected');
        // Each transaction loses its connection together with the response to its BEGIN.
        expect(failures.length).toBeGreaterThanOrEqual(10);
        for (const { reason } of failures) expect(isDatabaseOutage(reason)).toBe(true);
      }
      proxy.shutDown(false);
      // The first query on a lost connection detects the loss.
      await work();
      expect(new Set((await work()).map(({ status }) => status))).toEqual(new Set(['fulfilled']));
    } finally {
      await source.destroy();
    }
  }, 60_000);
});
