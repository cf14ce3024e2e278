import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { launch } from '../processes/processes.js';
import { lotAtRevision } from './clients/lot-updater.js';
import type { CrashEnvironment } from './environment.js';
import { loginAdmin } from '../http/login.js';

/**
 * Maximum time from the first access to the database until the kill, in milliseconds. The rest of a start
 * takes a few hundred milliseconds more.
 */
const MOST_MILLISECONDS = 250;

/**
 * Kills the first start at a random instant of its database work, and expects the next one to
 * succeed.
 */
export async function expectFirstStart(site: CrashEnvironment): Promise<void> {
  const killed = launch(site.options);
  await expect.poll(() => site.hasBegun(), { timeout: 60_000, interval: 5 }).toBe(true);
  const milliseconds = Math.round(Math.random() * MOST_MILLISECONDS);
  await sleep(milliseconds);
  killed.child.kill('SIGKILL');
  expect((await killed.ended).signal).toBe('SIGKILL');
  process.stdout.write(`${site.kind}: first start killed ${milliseconds} ms into its database\n`);

  const { http } = await site.start();
  const admins = await site.query(`SELECT id FROM accounts WHERE role = 'admin'`);
  expect(admins).toHaveLength(1);
  const token = await loginAdmin({ http });
  const lot = await http.post('/api/admin/parking-lots', { token, body: lotAtRevision(0) });
  expect(lot.status).toBe(201);
  expect(await site.violations()).toEqual({});
}
