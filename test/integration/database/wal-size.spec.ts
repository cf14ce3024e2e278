import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember } from '../../support/data/factories.js';

const MIB = 1024 * 1024;

const vpms = useTestApp();

it('truncates the WAL after a large transaction', async () => {
  const file = join(vpms.dataDirectory, 'vpms.db-wal');
  const run = vpms.app.get(TransactionRunner);
  await run.run(async (tx) => {
    await tx.sql`CREATE TABLE filler (bytes blob)`;
    for (let row = 0; row < 40; row += 1) {
      await tx.sql`INSERT INTO filler VALUES (zeroblob(${MIB}))`;
    }
  });
  expect(statSync(file).size).toBeGreaterThan(40 * MIB);
  // The next commits checkpoint the WAL and write it again from its beginning.
  for (let commit = 0; commit < 5; commit += 1) await createMember(vpms);
  expect(statSync(file).size).toBeLessThanOrEqual(16 * MIB);
});
