import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../support/data/database-file.js';
import { createLot, createMembers } from '../../support/data/factories.js';
import { type CliResult, runCli } from '../../support/processes/run-cli.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { violationsOf } from '../../support/checks/violations.js';
import { loginAdmin } from '../../support/http/login.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

const UNTIL = '--until=2026-03-02T07:00:00Z';
const SMALL = ['--lots=4', '--users=80', '--days=20', '--bookings-per-day=60', UNTIL];
const TINY = ['--lots=1', '--users=5', '--days=2', UNTIL];

function seed(dataDirectory: string, args: readonly string[], environment = {}) {
  return runCli('tools/seed/seed-cli.js', {
    args,
    environment: { DATA_DIR: dataDirectory, ...environment },
  });
}

function countRows(dataDirectory: string, table: string, condition?: string): number {
  using database = openDatabase(dataDirectory);
  return database.count(table, condition);
}

/** Every row except salted hashes and the admin, who is created at the real time. */
function contents(dataDirectory: string): unknown {
  using database = openDatabase(dataDirectory);
  return [
    `SELECT id, username, email, created_at FROM accounts WHERE role = 'user' ORDER BY id`,
    'SELECT * FROM lots ORDER BY id',
    'SELECT * FROM spots ORDER BY id',
    'SELECT * FROM reservations ORDER BY id',
    'SELECT * FROM driver_totals ORDER BY user_id',
  ].map((sql) => database.all(sql));
}

/** Books and releases until stopped; returns the number of responses by status. */
async function drive({ http }: TestApp, token: string, lotId: number, stop: AbortSignal) {
  const statuses: number[] = [];
  while (!stop.aborted) {
    const booked = await http.as({ token }).book(lotId);
    const released = await http.as({ token }).release(booked.body.id);
    statuses.push(booked.status, released.status);
  }
  return statuses;
}

describe('npm run seed', () => {
  const folders: string[] = [];
  /** A folder that does not exist. */
  const newDirectory = () => {
    const folder = temporaryDirectory();
    folders.push(folder);
    return join(folder, 'data');
  };
  let city: string;
  let made: CliResult;

  beforeAll(async () => {
    city = newDirectory();
    made = await seed(city, SMALL);
  });
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('creates the database and fills it according to all rules', async () => {
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(await violationsOf({ dataDirectory: city })).toEqual({});
    expect(countRows(city, 'accounts', `role = 'admin'`)).toBe(1);
    expect(countRows(city, 'accounts', `role = 'user'`)).toBe(80);
    expect(countRows(city, 'lots', 'retired_at IS NULL')).toBe(4);
    expect(countRows(city, 'reservations')).toBeGreaterThan(500);
    expect(countRows(city, 'reservations', 'left_at IS NULL')).toBeGreaterThan(0);
    for (const status of ['reserved', 'cancelled', 'expired', 'no_show']) {
      expect(countRows(city, 'reservations', `status = '${status}'`), status).toBeGreaterThan(5);
    }
    expect(countRows(city, 'reservations', `status = 'no_show' AND cost > 0`)).toBeGreaterThan(5);
    expect(countRows(city, 'reservations', `status = 'cancelled' AND cost > 0`)).toBeGreaterThan(0);
    // One hash of the admin, and one that all drivers share.
    expect(countRows(city, '(SELECT DISTINCT password_hash FROM accounts)')).toBe(2);
  });

  it('assigns booking ids in the order of time', () => {
    const pairs = 'reservations r JOIN reservations next ON next.id = r.id + 1';
    expect(
      countRows(city, pairs, 'next.parked_at < r.parked_at AND next.reserved_from IS NULL'),
    ).toBe(0);
  });

  it('prints progress and a summary', () => {
    expect(made.stdout).toMatch(/^Drivers: 80 \(100 %\)\n.*Lots: 4 \(100 %\)\n.*Bookings: /s);
    expect(made.stdout).toMatch(
      /Created in [\d.]+ s: 4 lots with \d+ spots, 80 drivers, [\d,]+ bookings/,
    );
    expect(made.stdout).not.toContain('\u001B');
  });

  it('makes the same city for the same seed, and a different one for another seed', async () => {
    const [same, other] = [newDirectory(), newDirectory()];
    await seed(same, [...SMALL, '--random-seed=1']);
    await seed(other, [...SMALL, '--random-seed=2']);
    expect(contents(same)).toEqual(contents(city));
    expect(contents(other)).not.toEqual(contents(city));
  });

  it('lets a sample driver log in as printed, list bookings and book', async () => {
    const directory = newDirectory();
    const { stdout } = await seed(directory, SMALL);
    await using vpms = await startTestApp({ dataDirectory: directory });
    const { http } = vpms;
    const credentials: unknown = JSON.parse(/-d '(.*)'/.exec(stdout)?.[1] ?? '');
    const login = await http.post('/api/user/login', { body: credentials });
    expect(login.status).toBe(200);
    const { token } = login.body;
    const history = await http.get('/api/user/bookings', { token });
    expect(history.body.length).toBeGreaterThan(0);
    const lots = await http.get('/api/user/parking-lots/available', { token });
    expect((await http.as({ token }).book(lots.body[0].id)).status).toBe(201);
  });

  it('refuses a database that is in use, except with --append', async () => {
    const directory = newDirectory();
    await seed(directory, TINY);
    const before = contents(directory);
    const refused = await seed(directory, TINY);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^The database .* is not empty; --append adds .*\n$/);
    expect(contents(directory)).toEqual(before);

    const appended = await seed(directory, [...TINY, '--append']);
    expect(appended).toMatchObject({ code: 0, stderr: '' });
    expect(countRows(directory, 'accounts', `role = 'user'`)).toBe(10);
    expect(await violationsOf({ dataDirectory: directory })).toEqual({});
  });

  it('treats a database with only an admin as empty', async () => {
    const directory = newDirectory();
    const vpms = await startTestApp({ dataDirectory: directory });
    await vpms.stop();
    expect((await seed(directory, TINY)).code).toBe(0);
    expect(countRows(directory, 'accounts', `role = 'admin'`)).toBe(1);
  });

  it('fills the database of a running program without disturbing it', async () => {
    await using vpms = await startTestApp();
    const lot = await createLot(vpms);
    const stop = new AbortController();
    const drivers = await createMembers(vpms, 4);
    const driving = drivers.map(({ token }) => drive(vpms, token, lot.id, stop.signal));
    const size = ['--lots=6', '--users=3000', '--days=30', '--bookings-per-day=600'];
    const { code, stderr } = await seed(vpms.dataDirectory, [...size, '--append']);
    stop.abort();
    const statuses = (await Promise.all(driving)).flat();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(statuses.length).toBeGreaterThan(20);
    expect(new Set(statuses)).toEqual(new Set([200, 201]));
    expect(await violationsOf(vpms)).toEqual({});
  }, 120_000);

  it('leads a running program to sum the hours of the city for the analytics', async () => {
    await using vpms = await startTestApp();
    expect(await seed(vpms.dataDirectory, [...TINY, '--append'])).toMatchObject({ code: 0 });
    await waitUntil(() => countRows(vpms.dataDirectory, 'lot_hours', 'arrivals > 0') > 0);
  });

  it('refuses to run in production and writes nothing', async () => {
    const directory = newDirectory();
    const { code, stderr } = await seed(directory, TINY, { NODE_ENV: 'production' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^NODE_ENV is production, .*\n$/);
    expect(existsSync(directory)).toBe(false);
  });

  it('names each invalid flag in one message and writes nothing', async () => {
    const directory = newDirectory();
    const { code, stderr } = await seed(directory, ['--lots=none', '--size=9']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--size is unknown\n.*--lots must be a whole number/s);
    expect(existsSync(directory)).toBe(false);
  });

  it('prints its usage', async () => {
    const { code, stdout } = await seed(newDirectory(), ['--help']);
    expect(code).toBe(0);
    for (const flag of ['--lots', '--users', '--days', '--random-seed', '--until', '--append']) {
      expect(stdout).toContain(flag);
    }
  });

  it('has whole prices in a currency without decimals', async () => {
    const directory = newDirectory();
    const environment = { CURRENCY: 'JPY' };
    await seed(directory, ['--lots=20', '--users=20', '--days=2', UNTIL], environment);
    await using vpms = await startTestApp({ dataDirectory: directory, environment });
    const token = await loginAdmin(vpms);
    const { body: lots } = await vpms.http.get('/api/admin/parking-lots', { token });
    expect(lots).toHaveLength(20);
    for (const { price } of lots) expect(price % 50).toBe(0);
  });
});
