import { it } from 'vitest';
import { expectFirstStart } from '../../support/crash/first-start.js';
import { expectNothingLost, type Victim } from '../../support/crash/rounds.js';
import { SqliteSite } from '../../support/crash/site.js';

const KILLS = 20;
const FIRST_STARTS = 3;

it('on SQLite, killed at any moment, it loses nothing and leaves nothing half-done', async () => {
  await using site = new SqliteSite();
  await expectNothingLost(
    site,
    Array.from({ length: KILLS }, (): Victim => 'program'),
  );
}, 600_000);

it('on SQLite, killed while it makes its database, it starts the next time', async () => {
  for (let start = 0; start < FIRST_STARTS; start += 1) {
    await using site = new SqliteSite();
    await expectFirstStart(site);
  }
}, 300_000);
