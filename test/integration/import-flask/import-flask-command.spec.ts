import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../support/data/database-file.js';
import {
  ACTIVE,
  flaskLot,
  flaskReservation,
  flaskSpot,
  flaskUser,
} from '../../support/flask/flask-rows.js';
import { ImportFolder, runCommand } from '../../support/flask/import-folder.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { startTestApp } from '../../support/app/test-app.js';
import { DEFAULT_ADMIN } from '../../support/http/login.js';

const CONTENT = {
  users: [flaskUser(1, { username: 'admin', role: 'admin' }), flaskUser(2), flaskUser(3)],
  parking_lots: [flaskLot(1, { number_of_spots: 40 })],
  parking_spots: Array.from({ length: 40 }, (_, index) => flaskSpot(index + 1)),
  reservations: [
    ...Array.from({ length: 200 }, (_, index) => flaskReservation(index + 1, { user_id: 2 })),
    flaskReservation(300, { ...ACTIVE, user_id: 3, spot_id: 2, remarks: 'x'.repeat(5_000) }),
    flaskReservation(301, {
      parking_timestamp: 'never',
      leaving_timestamp: null,
      created_at: null,
      updated_at: null,
    }),
  ],
};

describe('npm run import:flask', { timeout: 120_000 }, () => {
  let move: ImportFolder;
  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    runCommand(args, { DATA_DIR: move.dataDirectory, ...environment });
  const hashOf = (path: string): string =>
    createHash('sha256').update(readFileSync(path)).digest('hex');

  beforeEach(() => {
    move = new ImportFolder(CONTENT);
  });
  afterEach(() => move[Symbol.dispose]());

  it('imports, prints a summary, and leaves the file unchanged', async () => {
    const before = hashOf(move.source);
    const { code, stdout, stderr } = await run([move.source]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^reservations +202 +201 +0 +1$/m);
    expect(stdout).toContain('reservations, no readable instant (1): 301');
    expect(stdout).toContain(`Imported into SQLite, ${move.target}.`);
    // The first start does not repeat messages that Flask has sent.
    const runs = move.query('SELECT DISTINCT name, status FROM job_runs ORDER BY name');
    expect(runs).toContainEqual({ name: 'monthly-reports', status: 'completed' });
    expect(hashOf(move.source)).toBe(before);
    expect(move.query('SELECT COUNT(*) AS count FROM reservations')).toEqual([{ count: 201 }]);
    expect(move.query('PRAGMA foreign_key_check')).toEqual([]);
    await using fresh = await startTestApp();
    using database = openDatabase(fresh.dataDirectory);
    const schema = 'SELECT type, name, sql FROM sqlite_master ORDER BY name';
    expect(move.query(schema)).toEqual(database.all(schema));
    const again = await run([move.source]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toBe(
      'The VPMS database is not empty: it has 2 drivers, 1 lots, 201 bookings\n',
    );
  });

  it('leads the program to sum the imported hours at its next start', async () => {
    expect(await run([move.source])).toMatchObject({ code: 0 });
    const vpms = await startTestApp({ dataDirectory: move.dataDirectory });
    await waitUntil(() => move.query('SELECT 1 FROM lot_hours WHERE arrivals > 0').length > 0);
    await vpms.stop();
  });

  it('writes nothing with --dry-run and prints the same summary', async () => {
    const rehearsal = await run([move.source, '--dry-run']);
    expect(rehearsal.code).toBe(0);
    expect(existsSync(move.target)).toBe(false);
    const vpms = await startTestApp({ dataDirectory: move.dataDirectory });
    await vpms.stop();
    const before = hashOf(move.target);
    const second = await run([move.source, '--dry-run']);
    expect(hashOf(move.target)).toBe(before);
    const written = await run([move.source]);
    const summary = (text: string): string => text.slice(0, text.lastIndexOf('\n\n'));
    expect(summary(second.stdout)).toBe(summary(written.stdout));
    expect(summary(written.stdout)).toContain(summary(rehearsal.stdout));
    expect(written.stdout).toContain(
      "The file's admin replaced the admin of the first start (admin).",
    );
  });

  it('writes the same in every time zone', async () => {
    const rows = [];
    for (const TZ of ['Asia/Kolkata', 'America/Los_Angeles']) {
      using other = new ImportFolder(CONTENT);
      const { code } = await runCommand([other.source], { DATA_DIR: other.dataDirectory, TZ });
      expect(code).toBe(0);
      rows.push([
        other.query('SELECT * FROM reservations'),
        other.query('SELECT * FROM spots'),
        other.query('SELECT * FROM accounts'),
      ]);
    }
    expect(rows[0]).toEqual(rows[1]);
  });

  it.each<readonly [fault: string, spoil: (path: string) => void, message: RegExp]>([
    [
      'text',
      (path) => writeFileSync(path, 'no database '.repeat(50)),
      /^\S+ is not a SQLite database$/,
    ],
    ['nothing', (path) => writeFileSync(path, ''), /^\S+ is not a SQLite database$/],
    [
      'a cut-off file',
      (path) => truncateSync(path, statSync(path).size - 4096),
      /^\S+ is truncated: it should have \d+ bytes$/,
    ],
    ['a file cut to its header', (path) => truncateSync(path, 100), /^\S+ is truncated: /],
    ['a damaged page', (path) => spoilPage(path), /^\S+ (is damaged|cannot be read): /],
    [
      'other tables',
      (path) => execute(path, 'DROP TABLE reservations'),
      /^\S+ is not a database of the Flask VPMS: it has no table reservations$/,
    ],
    [
      'other columns',
      (path) => execute(path, 'ALTER TABLE users RENAME COLUMN role TO kind'),
      /^\S+ is not a database of the Flask VPMS: users has no role$/,
    ],
    [
      'a WAL',
      (path) => appendFileSync(`${path}-wal`, 'x'),
      /^\S+ is in use: \S+-wal is beside it; stop the Flask program, .*wal_checkpoint/,
    ],
    [
      'a journal',
      (path) => appendFileSync(`${path}-journal`, 'x'),
      /^\S+ is in use, or a write to it was interrupted: /,
    ],
  ])('refuses %s in one line and writes nothing', async (_, spoil, message) => {
    spoil(move.source);
    const { code, stdout, stderr } = await run([move.source]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(existsSync(move.target)).toBe(false);
  });

  it('refuses a missing file, a folder, and wrong arguments', async () => {
    const missing = await run([`${move.source}.gone`]);
    expect(missing).toMatchObject({ code: 1, stderr: `There is no file ${move.source}.gone\n` });
    const folder = await run([move.dataDirectory]);
    expect(folder).toMatchObject({ code: 1, stderr: `${move.dataDirectory} is not a file\n` });
    for (const args of [[], [move.source, '--force']]) {
      const wrong = await run(args);
      expect([wrong.code, wrong.stderr]).toEqual([
        1,
        'Usage: npm run import:flask -- path/to/vpms.db [--dry-run]\n',
      ]);
    }
    expect(existsSync(move.target)).toBe(false);
  });

  it('refuses a file that a program has open in WAL mode, and accepts it when it is closed', async () => {
    const flask = new Database(move.source);
    flask.pragma('journal_mode = WAL');
    flask.exec("UPDATE users SET email = 'late@example.com' WHERE id = 2");
    expect((await run([move.source])).stderr).toMatch(/is in use: /);
    flask.close();
    const before = hashOf(move.source);
    expect((await run([move.source])).code).toBe(0);
    expect([hashOf(move.source), existsSync(`${move.source}-wal`)]).toEqual([before, false]);
    expect(move.query('SELECT email FROM accounts WHERE id = 2')).toEqual([
      { email: 'late@example.com' },
    ]);
  });

  it('refuses a database that is open or has lots or drivers', async () => {
    const vpms = await startTestApp({ dataDirectory: move.dataDirectory });
    const inUse = await run([move.source]);
    expect(inUse).toMatchObject({
      code: 1,
      stderr: `The database ${move.target} is in use: stop VPMS first\n`,
    });
    await createLot(vpms);
    await createMember(vpms);
    await vpms.stop();
    const before = hashOf(move.target);
    for (const args of [[move.source], [move.source, '--dry-run']]) {
      const { code, stderr } = await run(args);
      expect([code, stderr]).toEqual([
        1,
        'The VPMS database is not empty: it has 1 drivers, 1 lots\n',
      ]);
    }
    expect(hashOf(move.target)).toBe(before);
  });

  it('refuses a target that is not a database', async () => {
    copyFileSync(join(import.meta.dirname, 'import-flask-command.spec.ts'), move.target);
    const { code, stderr } = await run([move.source]);
    expect([code, stderr]).toEqual([
      1,
      `The database ${move.target} cannot be used: file is not a database\n`,
    ]);
  });

  it('keeps an admin with a changed password, under another id and its name', async () => {
    const vpms = await startTestApp({ dataDirectory: move.dataDirectory });
    const login = await vpms.http.post('/api/admin/login', {
      body: DEFAULT_ADMIN,
    });
    await vpms.http.post('/api/auth/change-password', {
      token: login.body.token,
      body: { current_password: DEFAULT_ADMIN.password, new_password: 'changed1' },
    });
    await vpms.stop();
    const { stdout } = await run([move.source]);
    expect(stdout).toContain('The admin admin of VPMS stays and now has the id 4.');
    expect(
      move.query("SELECT id, username FROM accounts WHERE role = 'admin' ORDER BY id"),
    ).toEqual([
      { id: 1, username: 'admin-1' },
      { id: 4, username: 'admin' },
    ]);
  });
});

function execute(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

function spoilPage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xee, 4096 * 2, 4096 * 3);
  writeFileSync(path, bytes);
}
