import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../support/data/database-file.js';
import { canMount, mountDisk } from '../../support/checks/disks.js';
import type { HttpResponse, HttpClient } from '../../support/http/clients/http-client.js';
import { runToEnd, startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { violationsOf } from '../../support/checks/violations.js';
import { loginAdmin } from '../../support/http/login.js';

/** Longer than the pause between two probes. */
const POLL = { timeout: 10_000, interval: 200 };
const ENVIRONMENT = { LOG_FORMAT: 'json', RATE_LIMIT_ENABLED: 'false' };
const LOT = {
  prime_location_name: 'Central',
  address: '1 Main Street',
  pin_code: '110001',
  price: 12.5,
  number_of_spots: 20,
};

/** A client of the program, with the tokens of an admin and of a driver. */
interface Clients {
  readonly http: HttpClient;
  readonly admin: string;
  readonly driver: string;
}

async function welcome({ http }: VpmsProcess): Promise<Clients> {
  const login = async (path: string, username: string, password: string) =>
    String((await http.post(path, { body: { username, password } })).body.token);
  const admin = await loginAdmin({ http });
  const registered = { username: 'anna', email: 'anna@example.com', password: 'test123' };
  await http.post('/api/user/register', { body: registered });
  const driver = await login('/api/user/login', 'anna', 'test123');
  expect((await http.post('/api/admin/parking-lots', { token: admin, body: LOT })).status).toBe(
    201,
  );
  return { http, admin, driver };
}

/** One request for each kind of write. */
function writes({ http, admin, driver }: Clients): Promise<HttpResponse[]> {
  return Promise.all([
    http.as({ token: driver }).book(1),
    http.post('/api/user/export-csv-async', { token: driver }),
    http.post('/api/admin/parking-lots', { token: admin, body: LOT }),
    http.put('/api/admin/parking-lots/1', { token: admin, body: { number_of_spots: 400 } }),
    http.post('/api/user/login', { body: { username: 'anna', password: 'test123' } }),
    http.post('/api/auth/logout', { token: driver }),
  ]);
}

async function expectRefused(clients: Clients): Promise<void> {
  for (const { status, headers, body } of await writes(clients)) {
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'DATABASE_UNAVAILABLE' });
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }
}

async function expectReads({ http, admin, driver }: Clients): Promise<void> {
  const responses = await Promise.all([
    http.get('/api/admin/parking-lots/1/spots', { token: admin }),
    http.get('/api/user/bookings', { token: driver }),
    http.get('/api/user/parking-lots/available', { token: driver }),
  ]);
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
  // A booking cannot be written, so the program is not ready; it is probed about once per second.
  await expect.poll(async () => (await http.get('/health/ready')).status, POLL).toBe(503);
}

/** Expects that everything works without a restart, and that refused requests had no effect. */
async function expectRecovered(vpms: VpmsProcess, clients: Clients): Promise<void> {
  using database = openDatabase(vpms.dataDirectory);
  expect(database.count('lots')).toBe(1);
  expect(database.count('reservations')).toBe(0);
  expect(database.count('exports')).toBe(0);
  expect(database.count('spots')).toBe(LOT.number_of_spots);
  const { http, driver, admin } = clients;
  await expect.poll(async () => (await http.get('/health/ready')).status, POLL).toBe(200);
  const booked = await http.as({ token: driver }).book(1);
  expect(booked.status).toBe(201);
  const lot = await http.post('/api/admin/parking-lots', { token: admin, body: LOT });
  expect(lot.status).toBe(201);
  expect(await violationsOf(vpms)).toEqual({});
  const { code, stderr } = await vpms.stop();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

/** Expects one line for the operator, without a stack. */
async function expectNoStart(folder: string): Promise<string> {
  const { code, stdout, stderr } = await runToEnd({
    dataDirectory: folder,
    directory: '/',
    environment: ENVIRONMENT,
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(folder);
  return stderr;
}

describe.runIf(canMount)('the program on a full disk', () => {
  it('refuses writes, serves reads, and needs no restart when there is room again', async () => {
    using disk = mountDisk(6 * 1024);
    await using vpms = await startProcess({ dataDirectory: disk.folder, environment: ENVIRONMENT });
    const clients = await welcome(vpms);
    disk.fill();
    for (let time = 0; time < 20; time += 1) await expectRefused(clients);
    await expectReads(clients);
    expect(vpms.output()).toContain('"code":"SQLITE_FULL"');
    disk.clear();
    await expectRecovered(vpms, clients);
  }, 120_000);

  it('ends its first start with one line, and starts when there is more room', async () => {
    using disk = mountDisk(64);
    expect(await expectNoStart(disk.folder)).toMatch(/the disk is full/);
    disk.remount('size=6m');
    await using vpms = await startProcess({ dataDirectory: disk.folder, environment: ENVIRONMENT });
    await welcome(vpms);
  }, 120_000);
});

describe('a read-only folder', () => {
  it.runIf(canMount)(
    'is named by a start that fails on a read-only disk',
    async () => {
      using disk = mountDisk(6 * 1024);
      const vpms = await startProcess({
        dataDirectory: disk.folder,
        environment: ENVIRONMENT,
      });
      await vpms.stop();
      disk.remount('ro');
      const line = await expectNoStart(disk.folder);
      expect(line).toBe(
        `DATA_DIR ${disk.folder} cannot be used: it cannot be written; make it writable for the ` +
          'user that runs this program (EROFS)\n',
      );
    },
    120_000,
  );
});

// The limit on file sizes simulates a disk that fails or is read-only.
it.runIf(existsSync('/usr/bin/prlimit'))(
  'refuses writes and serves reads if a disk accepts no more data',
  async () => {
    await using vpms = await startProcess({ environment: ENVIRONMENT });
    const clients = await welcome(vpms);
    limitFiles(vpms, '0:unlimited');
    await expectRefused(clients);
    await expectReads(clients);
    expect(vpms.output()).toContain('"code":"SQLITE_IOERR_WRITE"');
    limitFiles(vpms, 'unlimited:unlimited');
    await expectRecovered(vpms, clients);
  },
  120_000,
);

/** Limits the size of the files that the process writes; Node ignores the signal for exceeding it. */
function limitFiles({ child }: VpmsProcess, limit: string): void {
  execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${limit}`]);
}
