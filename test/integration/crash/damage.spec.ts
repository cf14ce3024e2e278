import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd, startProcess } from '../../support/processes/processes.js';
import { loginAdmin } from '../../support/http/login.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

const DAMAGED =
  /it is damaged \(database disk image is malformed\); put it aside and restore a backup/;

/** A cleanly closed database, to be copied and damaged. */
let sound: string;

beforeAll(async () => {
  const vpms = await startProcess();
  await vpms.stop();
  sound = vpms.dataDirectory;
}, 120_000);
afterAll(() => rmSync(sound, { recursive: true, force: true }));

/** A copy of the undamaged data, and its database file. */
function copy(): { readonly folder: string; readonly file: string } {
  const folder = temporaryDirectory();
  for (const name of ['vpms.db', 'jwt-secret']) {
    copyFileSync(join(sound, name), join(folder, name));
  }
  return { folder, file: join(folder, 'vpms.db') };
}

/** Changes the file through SQLite. */
function change(file: string, ...statements: readonly string[]): void {
  const database = new Database(file);
  for (const sql of statements) database.exec(sql);
  database.close();
}

/** Overwrites the first page of each table or index with invalid bytes. */
function garble(file: string, ...names: readonly string[]): void {
  const database = new Database(file, { readonly: true });
  const page = database.prepare<[string], number>(
    'SELECT rootpage FROM sqlite_schema WHERE name = ?',
  );
  const pages = names.map((name) => page.pluck().get(name) ?? 0);
  const size = Number(database.pragma('page_size', { simple: true }));
  database.close();
  const target = openSync(file, 'r+');
  for (const number of pages)
    writeSync(target, Buffer.alloc(size, 0xa5), 0, size, (number - 1) * size);
  closeSync(target);
}

/** Expects one line for the operator and an unchanged file. */
async function expectRefusal(folder: string, name = 'vpms.db'): Promise<string> {
  const before = readFileSync(join(folder, name));
  const { code, stdout, stderr } = await runToEnd({ dataDirectory: folder });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(join(folder, name));
  expect(readFileSync(join(folder, name)).equals(before)).toBe(true);
  return stderr;
}

describe('the start on a database', () => {
  it('refuses a truncated file', async () => {
    const { folder, file } = copy();
    truncateSync(file, 20_000);
    expect(await expectRefusal(folder)).toMatch(DAMAGED);
  });

  it.each([{ page: 'sqlite_schema' }, { page: 'migrations' }, { page: 'accounts_username' }])(
    'refuses a garbled $page',
    async ({ page }) => {
      const { folder, file } = copy();
      if (page === 'sqlite_schema') {
        // Overwrite bytes after the header, so that the file still looks like a database.
        const target = openSync(file, 'r+');
        writeSync(target, Buffer.alloc(3_900, 0xa5), 0, 3_900, 100);
        closeSync(target);
      } else {
        garble(file, page);
      }
      expect(await expectRefusal(folder)).toMatch(DAMAGED);
    },
  );

  it('refuses a newer version', async () => {
    const { folder, file } = copy();
    change(file, `INSERT INTO migrations (timestamp, name) VALUES (9e12, 'Later9000000000000')`);
    expect(await expectRefusal(folder)).toContain(
      'a newer version of VPMS has changed it (Later9000000000000); start that version, or ' +
        'restore a backup from before',
    );
  });

  it("refuses another program's database", async () => {
    const folder = temporaryDirectory();
    change(join(folder, 'vpms.db'), 'CREATE TABLE parking_lot (id integer PRIMARY KEY)');
    expect(await expectRefusal(folder)).toContain(
      'it contains the tables of another program (parking_lot); set DATABASE_URL to a separate file',
    );
  });

  it('refuses a folder', async () => {
    const folder = temporaryDirectory();
    mkdirSync(join(folder, 'vpms.db'));
    const { code, stderr } = await runToEnd({ dataDirectory: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The database [^\n]+vpms\.db cannot be used: [^\n]+\n$/);
  });

  it('refuses an incomplete secret', async () => {
    const { folder } = copy();
    for (const secret of [
      readFileSync(join(sound, 'jwt-secret'), 'utf8').slice(0, 50),
      Buffer.alloc(64),
      '-----BEGIN OPENSSH PRIVATE KEY-----\n'.repeat(4),
    ]) {
      writeFileSync(join(folder, 'jwt-secret'), secret);
      expect(await expectRefusal(folder, 'jwt-secret')).toContain('contains no token secret');
    }
  }, 60_000);
});

it('serves all requests except those that need a garbled page', async () => {
  const { folder, file } = copy();
  await using vpms = await startProcess({
    dataDirectory: folder,
    environment: { LOG_FORMAT: 'json', RATE_LIMIT_ENABLED: 'false' },
  });
  const { http } = vpms;
  // These pages have not been read yet.
  garble(file, 'lots', 'reservations');
  const token = await loginAdmin({ http });
  const lots = await http.get('/api/admin/parking-lots', { token });
  expect(lots.status).toBe(503);
  expect(lots.body).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  expect(lots.text).not.toContain('malformed');
  const body = { prime_location_name: 'A', address: 'B', pin_code: '110001' };
  const numbers = { price: 1, number_of_spots: 5 };
  const created = await http.post('/api/admin/parking-lots', {
    token,
    body: { ...body, ...numbers },
  });
  expect(created.status).toBe(503);
  // On a busy machine, the log may arrive after the response.
  await expect.poll(() => vpms.output()).toContain('"code":"SQLITE_CORRUPT"');
  // Other writes continue and are stored.
  const account = { username: 'anna', email: 'anna@example.com', password: 'test123' };
  expect((await http.post('/api/user/register', { body: account })).status).toBe(201);
  const { code } = await vpms.stop();
  expect(code).toBe(0);
  const database = new Database(file, { readonly: true });
  const spots = database.prepare('SELECT COUNT(*) FROM spots').pluck().get();
  const names = database.prepare('SELECT username FROM accounts ORDER BY id').pluck().all();
  database.close();
  expect({ spots, names }).toEqual({ spots: 0, names: ['admin', 'anna'] });
}, 60_000);
