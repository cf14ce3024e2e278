import { it } from 'vitest';
import { expectFirstStart } from '../../support/crash/first-start.js';
import { expectNothingLost, type CrashTarget } from '../../support/crash/rounds.js';
import { SqliteCrashEnvironment } from '../../support/crash/environment.js';

/** A fault in the commit or in the idempotency records is found within four kills. */
const KILLS = 8;
const FIRST_STARTS = 3;

it('loses nothing and leaves nothing incomplete on SQLite if killed at any moment', async () => {
  await using site = new SqliteCrashEnvironment();
  await expectNothingLost(
    site,
    Array.from({ length: KILLS }, (): CrashTarget => 'program'),
  );
}, 600_000);

it('starts again on SQLite after being killed while it created its database', async () => {
  for (let start = 0; start < FIRST_STARTS; start += 1) {
    await using site = new SqliteCrashEnvironment();
    await expectFirstStart(site);
  }
}, 300_000);
