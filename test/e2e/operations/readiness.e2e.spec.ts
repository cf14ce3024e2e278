import { basename } from 'node:path';
import { Client } from 'pg';
import { describe, expect, inject, it, vi } from 'vitest';
import { WriteDatabase } from '../../../src/platform/database/data-sources.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';
import { findServerBinaries } from '../../support/servers/binaries.js';
import { startRedis } from '../../support/servers/redis-server.js';

const UNAVAILABLE = { status: 'unavailable', dependencies: { database: 'down' } };
const POLLING = { timeout: 10_000, interval: 50 };

async function onServer(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

describe('readiness', () => {
  const vpms = useTestApp();
  const ready = async () => (await vpms.http.get('/health/ready')).body as unknown;

  // test/integration/crash/disk.spec.ts fills a real disk.
  it.skipIf(ON_POSTGRES)('is unavailable while the SQLite file cannot be written', async () => {
    const writer = vpms.app.get(WriteDatabase);
    await expect.poll(ready, POLLING).toMatchObject({ status: 'ok' });
    await writer.query('PRAGMA query_only = 1');
    await expect.poll(ready, POLLING).toEqual(UNAVAILABLE);
    await writer.query('PRAGMA query_only = 0');
    await expect.poll(ready, POLLING).toMatchObject({ status: 'ok' });
  });

  it.runIf(ON_POSTGRES)('is unavailable while PostgreSQL is read-only', async () => {
    const name = basename(vpms.dataDirectory);
    const setReadOnly = async (value: 'on' | 'off') => {
      await onServer(`ALTER DATABASE "${name}" SET default_transaction_read_only = ${value}`);
      await onServer(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      );
    };
    await setReadOnly('on');
    await expect.poll(ready, POLLING).toEqual(UNAVAILABLE);
    await setReadOnly('off');
    await expect.poll(ready, POLLING).toMatchObject({ status: 'ok' });
  });

  it('writes at most once per second, regardless of the number of requests', async () => {
    await expect.poll(ready, POLLING).toMatchObject({ status: 'ok' });
    const run = vi.spyOn(vpms.app.get(TransactionRunner), 'run');
    const start = Date.now();
    for (let round = 0; round < 20; round += 1)
      await Promise.all(Array.from({ length: 10 }, ready));
    const probes = run.mock.calls.length;
    run.mockRestore();
    expect(probes).toBeLessThanOrEqual(1 + Math.ceil((Date.now() - start) / 1_000));
  });

  it.skipIf(findServerBinaries().missing.length > 0)(
    'is degraded while Redis rejects writes',
    async () => {
      await using redis = await startRedis();
      await using app = await startTestApp({ environment: { REDIS_URL: redis.url } });
      const { createClient } = await import('@keyv/redis');
      const client = createClient({ url: redis.url });
      await client.connect();
      const state = async () => (await app.http.get('/health/ready')).body as unknown;
      const healthy = { status: 'ok', dependencies: { database: 'up', redis: 'up' } };
      for (const [name, value, normal] of [
        ['maxmemory', '1', '0'],
        ['min-replicas-to-write', '1', '0'],
      ] as const) {
        await expect.poll(state, POLLING).toEqual(healthy);
        await client.sendCommand(['CONFIG', 'SET', name, value]);
        await expect.poll(state, POLLING).toEqual({
          status: 'degraded',
          dependencies: { database: 'up', redis: 'down' },
        });
        await client.sendCommand(['CONFIG', 'SET', name, normal]);
      }
      await expect.poll(state, POLLING).toEqual(healthy);
      await client.close();
    },
  );
});

describe('the encoding of a PostgreSQL database', () => {
  it.runIf(ON_POSTGRES).each(['LATIN1', 'SQL_ASCII'])(
    'prevents the start if it is %s',
    async (encoding) => {
      const dataDirectory = temporaryDirectory();
      const name = basename(dataDirectory);
      await onServer(
        `CREATE DATABASE "${name}" ENCODING '${encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`,
      );
      await expect(startTestApp({ dataDirectory })).rejects.toThrow(
        `its encoding is ${encoding}, which cannot store all text`,
      );
      await onServer(`DROP DATABASE "${name}" WITH (FORCE)`);
    },
  );
});
