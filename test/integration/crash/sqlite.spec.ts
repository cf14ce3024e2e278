import { it } from 'vitest';
import { expectNothingLost, type Victim } from '../../support/crash/rounds.js';
import { SqliteSite } from '../../support/crash/site.js';

const KILLS = 20;

it('on SQLite, killed at any moment, it loses nothing and leaves nothing half-done', async () => {
  await using site = new SqliteSite();
  await expectNothingLost(
    site,
    Array.from({ length: KILLS }, (): Victim => 'program'),
  );
}, 600_000);
