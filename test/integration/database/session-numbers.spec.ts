import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { People1768176000000 } from '../../../src/platform/database/migrations/1768176000000-people.js';
import { MIGRATIONS } from '../../../src/platform/database/migrations/index.js';
import {
  openWriteDatabase,
  type WriteDatabase,
} from '../../../src/platform/database/data-sources.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

let directory: string;
let writer: WriteDatabase;

beforeEach(async () => {
  directory = temporaryDirectory();
  writer = await openWriteDatabase(join(directory, 'vpms.db'), []);
});
afterEach(async () => {
  await writer.destroy();
  rmSync(directory, { recursive: true, force: true });
});

/** Inserts a session as the previous version does, without the new columns. */
const insertSession = (id: string) =>
  writer.query(`INSERT INTO sessions (id, account_id, expires_at) VALUES (?, 1, 9)`, [id]);

const numbers = async (): Promise<readonly number[]> =>
  (await writer.query('SELECT number FROM sessions ORDER BY number')).map(
    ({ number }: { number: number }) => number,
  );

it('numbers the sessions of the previous version, from before and after the migration', async () => {
  const kept = MIGRATIONS.indexOf(People1768176000000);
  for (let left = MIGRATIONS.length; left > kept; left -= 1) {
    await writer.undoLastMigration({ transaction: 'all' });
  }
  await writer.query(`INSERT INTO accounts (username, username_key, email, email_key, password_hash,
    role, created_at, updated_at) VALUES ('a', 'a', 'a', 'a', '-', 'user', 0, 0)`);
  for (const id of ['one', 'two', 'three']) await insertSession(id);
  await writer.query(`DELETE FROM sessions WHERE id = 'two'`);
  await writer.runMigrations({ transaction: 'all' });
  expect(await numbers()).toEqual([1, 3]);
  await insertSession('four');
  await writer.query(`DELETE FROM sessions WHERE id IN ('three', 'four')`);
  await insertSession('five');
  expect(await numbers(), 'a number is never reused').toEqual([1, 5]);
  expect(await writer.query('SELECT email_confirmed_at, disabled_at FROM accounts')).toEqual([
    { email_confirmed_at: 0, disabled_at: null },
  ]);
});
