import { expect, it } from 'vitest';
import { createLot, createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { startTestApp } from '../../support/app/test-app.js';
import { ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';

// SQLite runs inside the process and cannot be interrupted; docs/limits.md describes its limits.
it.runIf(ON_POSTGRES)('cancels a statement that takes too long and returns 503', async () => {
  const environment = { DATABASE_STATEMENT_TIMEOUT: '500' };
  await using vpms = await startTestApp({ environment });
  const driver = vpms.as(await createMember(vpms));
  const { id } = await createLot(vpms);
  const activities = () =>
    queryDatabase(
      vpms.dataDirectory,
      "SELECT 1 AS one FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'spots'::regclass",
    );
  const locked = queryDatabase(
    vpms.dataDirectory,
    'BEGIN; LOCK TABLE spots IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT',
  );
  await expect.poll(activities, { timeout: 5_000 }).toHaveLength(1);
  expectProblem(await driver.book(id), '503 DATABASE_UNAVAILABLE');
  await locked;
  await driver.stay(id);
});
