import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { BackupFiles } from '../../support/processes/backup-files.js';
import { addLot } from '../../support/cluster/cluster.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { violationsOf } from '../../support/checks/violations.js';
import { loginAdmin } from '../../support/http/login.js';

const DRIVERS = 8;
/** Enough bytes for a copy in several steps, between which there are bookings. */
const BALLAST = 12_000_000;

/** Acknowledged bookings, and the cost of the released ones. */
type Acknowledged = Map<number, number | undefined>;

it(
  'restores everything that was acknowledged before the backup began',
  { timeout: 120_000 },
  async () => {
    using files = new BackupFiles();
    const environment = { RATE_LIMIT_ENABLED: 'false' };
    const { dataDirectory } = files;
    let vpms = await startProcess({ dataDirectory, environment });
    onTestFinished(() => vpms[Symbol.asyncDispose]());
    const lot = await addLot(vpms, await loginAdmin(vpms), DRIVERS);
    const tokens = await Promise.all(Array.from({ length: DRIVERS }, (_, n) => register(vpms, n)));
    await queryDatabase(dataDirectory, `CREATE TABLE ballast AS SELECT randomblob(${BALLAST})`);

    const acknowledged: Acknowledged = new Map();
    const drivers = tokens.map((token) => drive(vpms, { token, lot, acknowledged }));
    await expect.poll(() => acknowledged.size, { timeout: 30_000 }).toBeGreaterThan(100);
    const before = new Map(acknowledged);
    const backup = await files.backUp(files.file);
    const during = acknowledged.size - before.size;
    expect(backup.stderr).toBe('');
    expect(backup.stdout).toMatch(
      /^Backed up \S+vpms\.db to \S+today\.db in [\d.]+ s: 12\.\d MB, 9 accounts, 1 lots with 8 spots, [\d,]+ bookings\.\n$/,
    );
    expect(during).toBeGreaterThan(10);
    expect(files.list(files.backups)).toEqual(['today.db']);
    expect(statSync(files.file).mode & 0o777).toBe(0o600);

    const refused = await files.restore(files.file, '--force');
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `The database ${files.database} is in use: stop VPMS first\n`,
    });
    const inUse = acknowledged.size;
    await expect.poll(() => acknowledged.size, { timeout: 30_000 }).toBeGreaterThan(inUse + 10);

    await vpms.stop('SIGKILL');
    await Promise.all(drivers);
    expect(statSync(`${files.database}-wal`).size).toBeGreaterThan(0);
    const restored = await files.restore(files.file, '--force');
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    const [, previousDatabase = ''] =
      /^The previous database is (\S+)\.$/m.exec(restored.stdout) ?? [];
    expect(files.list(dataDirectory)).toEqual([
      'jwt-secret',
      'vpms.db',
      previousDatabase.slice(dataDirectory.length + 1),
    ]);
    expect(lostBookings(files.database, before)).toEqual([]);
    expect(lostBookings(previousDatabase, acknowledged)).toEqual([]);
    expect(await violationsOf({ dataDirectory })).toEqual({});

    vpms = await startProcess({ dataDirectory, environment });
    const bookings = await vpms.http.get('/api/user/bookings', { token: tokens[0] });
    expect(bookings.status).toBe(200);
    expect(bookings.body.length).toBeGreaterThan(0);
    expect(files.list(files.backups)).toEqual(['today.db']);
  },
);

async function register({ http }: VpmsProcess, number: number): Promise<string> {
  const credentials = { username: `driver${number}`, password: 'test123' };
  const body = { ...credentials, email: `driver${number}@example.com` };
  await http.post('/api/user/register', { body });
  return String((await http.post('/api/user/login', { body: credentials })).body.token);
}

interface Drive {
  readonly token: string;
  readonly lot: number;
  readonly acknowledged: Acknowledged;
}

/** Books and releases until the program has exited. */
async function drive(vpms: VpmsProcess, { token, lot, acknowledged }: Drive): Promise<void> {
  try {
    for (;;) {
      const booked = await vpms.http.as({ token }).book(lot);
      if (booked.status !== 201) throw new Error(booked.text);
      acknowledged.set(booked.body.id, undefined);
      const released = await vpms.http.as({ token }).release(booked.body.id);
      if (released.status !== 200) throw new Error(released.text);
      acknowledged.set(booked.body.id, released.body.cost * 100);
    }
  } catch (error) {
    // When the program has exited, fetch throws a TypeError.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Acknowledged bookings that the file does not contain, or contains with another cost. */
function lostBookings(file: string, acknowledged: Acknowledged): unknown[] {
  const database = new Database(file, { fileMustExist: true });
  const rows = database
    .prepare<[], { id: number; cost: number | null }>('SELECT id, cost FROM reservations')
    .all();
  database.close();
  const costs = new Map(rows.map(({ id, cost }) => [id, cost]));
  return [...acknowledged].filter(
    ([id, cost]) => !costs.has(id) || (cost !== undefined && costs.get(id) !== cost),
  );
}
