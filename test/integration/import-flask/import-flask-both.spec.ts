import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summarize } from '../../../src/tools/import-flask/report/summary.js';
import {
  ACTIVE,
  flaskLot,
  flaskReservation,
  flaskSpot,
  flaskUser,
  pbkdf2Hash,
  scryptHash,
} from '../../support/flask/flask-rows.js';
import { EVERY_DEFECT } from '../../support/flask/every-defect.js';
import {
  IMPORTED_AT,
  reportedRows,
  ImportFolder,
  RULES_OLD_DATA_BREAKS,
} from '../../support/flask/import-folder.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import {
  countRows,
  createTestDatabase,
  databaseEnvironment,
  dropTestDatabase,
  ON_POSTGRES,
  queryDatabase,
} from '../../support/data/test-database.js';
import { dumpDatabase } from '../../support/data/dump.js';
import { violationsOf } from '../../support/checks/violations.js';

const NAME_TAKEN = 'a username that is taken or invalid';
const CLOSED = 'active although its spot or driver has a newer booking: ended when that began';

/** Two drivers on one spot, a driver on two spots, a missing spot, an admin, and two kinds of hashes. */
const CONTENT = {
  users: [
    flaskUser(1, { username: 'boss', role: 'admin', password_hash: scryptHash('boss123') }),
    flaskUser(10, { username: 'anna', password_hash: pbkdf2Hash('old pass') }),
    flaskUser(11, { username: 'Anna', password_hash: scryptHash('old pass') }),
  ],
  parking_lots: [flaskLot(3)],
  parking_spots: [flaskSpot(8, { lot_id: 3, status: 'O' }), flaskSpot(9, { lot_id: 3 })],
  reservations: [
    flaskReservation(500, { ...ACTIVE, user_id: 10, spot_id: 8 }),
    flaskReservation(501, { ...ACTIVE, user_id: 11, spot_id: 8 }),
    flaskReservation(499, { user_id: 11, spot_id: 77 }),
  ],
};

describe('an import from Flask, on either database', () => {
  const move = new ImportFolder(CONTENT);
  let vpms: TestApp;

  beforeAll(async () => {
    await createTestDatabase(move.dataDirectory);
    await move.run(databaseEnvironment(move.dataDirectory));
    vpms = await startTestApp({ dataDirectory: move.dataDirectory });
  });
  afterAll(() => vpms[Symbol.asyncDispose]());

  const login = (role: string, username: string, password: string) =>
    vpms.http.post(`/api/${role}/login`, { body: { username, password } });

  it('keeps every booking and satisfies all rules', async () => {
    const sql = 'SELECT id, left_at IS NULL AS active FROM reservations ORDER BY id';
    const rows = await queryDatabase<{ id: number; active: number | boolean }>(
      move.dataDirectory,
      sql,
    );
    expect(rows.map(({ id, active }) => [id, Boolean(active)])).toEqual([
      [499, false],
      [500, false],
      [501, true],
    ]);
    expect(await violationsOf(vpms, RULES_OLD_DATA_BREAKS)).toEqual({});
  });

  it('keeps passwords valid, and assigns new ids after the imported ones', async () => {
    expect((await login('admin', 'boss', 'boss123')).status).toBe(200);
    expect((await login('user', 'anna', 'wrong pass')).status).toBe(401);
    const driver = await login('user', 'anna', 'old pass');
    expect(driver.status).toBe(200);
    const again = await login('user', 'anna', 'old pass');
    expect(again.status).toBe(200);
    const { body } = await vpms.as(driver.body).book(3);
    expect(body).toMatchObject({ id: 502, lot_id: 3, spot_id: 9, user_id: 10 });
  });

  it('is refused while VPMS runs', async () => {
    const again = move.run(databaseEnvironment(move.dataDirectory));
    await expect(again).rejects.toThrow(/^The database .*is in use: stop VPMS first$/);
  });

  it('lists every change in the audit log by id', async () => {
    const { token } = (await login('admin', 'boss', 'boss123')).body;
    const audited: unknown[] = [];
    for (const table of ['account', 'lot', 'spot', 'reservation']) {
      const path = `/api/admin/audit-log?action=${table}.imported&target_type=${table}`;
      const entries = (await vpms.http.get(path, { token })).body;
      for (const { timestamp, actor_id: actor, after } of entries.toReversed()) {
        expect([timestamp, actor]).toEqual([new Date(IMPORTED_AT).toISOString(), null]);
        audited.push([table, ...Object.values(after)]);
      }
    }
    expect(audited).toEqual([
      // Numbers of rows that were read, imported, changed and refused.
      ['account', 3, 3, 1, 0],
      ['account', 'changed', NAME_TAKEN, 1, '11 "Anna" is "Anna-11"'],
      ['lot', 1, 1, 1, 0],
      ['lot', 'changed', 'number_of_spots was not the actual number of spots', 1, '3'],
      ['lot', 'added', 'a retired lot (unknown) for spots whose lot is missing', 1, '4'],
      ['spot', 2, 2, 0, 0],
      ['spot', 'added', 'a retired spot for bookings whose spot is missing', 1, '77'],
      ['reservation', 3, 3, 1, 0],
      ['reservation', 'changed', CLOSED, 1, '500'],
    ]);
  });
});

it('erases an imported driver whose invalid e-mail has been corrected, and keeps what is about others', async () => {
  const move = new ImportFolder({
    users: [
      flaskUser(1, { username: 'boss', role: 'admin', password_hash: scryptHash('boss123') }),
      flaskUser(12, { email: 'robert@firma', password_hash: scryptHash('old pass') }),
      flaskUser(13),
      flaskUser(112, { username: 'DRIVER13' }),
    ],
  });
  await createTestDatabase(move.dataDirectory);
  await move.run(databaseEnvironment(move.dataDirectory));
  await using vpms = await startTestApp({ dataDirectory: move.dataDirectory });
  const login = async (role: string, username: string, password: string) =>
    (await vpms.http.post(`/api/${role}/login`, { body: { username, password } })).body.token;
  const admin = await login('admin', 'boss', 'boss123');
  const body = { email: 'robert@example.com' };
  const corrected = await vpms.http.request('PATCH', '/api/admin/users/12', { token: admin, body });
  expect(corrected.status).toBe(200);
  expect(await dumpDatabase(move)).toContain('12 \\"robert@firma\\" is');

  const token = await login('user', 'driver12', 'old pass');
  const left = await vpms.http.delete('/api/auth/me', {
    token,
    body: { current_password: 'old pass' },
  });
  expect(left.status).toBe(204);
  const dump = await dumpDatabase(move);
  expect(dump.split('\n').filter((line) => line.includes('robert'))).toEqual([]);
  expect(dump).toContain('112 \\"DRIVER13\\" is');
});

/** Everything that the import may write, or that affects it. */
const TABLES = [
  'accounts',
  'lots',
  'spots',
  'reservations',
  'driver_totals',
  'job_runs',
  'audit_log',
];
const SCHEMA = ON_POSTGRES
  ? `SELECT conrelid::regclass || ' ' || conname AS name, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
      UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`
  : 'SELECT name, sql AS definition FROM sqlite_master ORDER BY name';

describe('an import from Flask', () => {
  /** Every character with a special meaning in PostgreSQL's COPY. */
  const remarks = 'tab\there\r\nnew line \\N \\. \\t "quoted", naïve ✓ 🚗';
  const move = new ImportFolder({
    ...CONTENT,
    reservations: [
      ...CONTENT.reservations,
      flaskReservation(502, { user_id: 10, spot_id: 9, remarks, vehicle_number: '\\N' }),
      ...Array.from({ length: 3_000 }, (_, index) =>
        flaskReservation(600 + index, {
          user_id: 10,
          spot_id: 9,
          remarks: 'x'.repeat(100),
          parking_cost: index % 2 === 0 ? 20.999999 : 20,
        }),
      ),
    ],
  });
  const { dataDirectory } = move;
  const environment = databaseEnvironment(dataDirectory);
  const query = (sql: string) => queryDatabase(dataDirectory, sql);
  const counts = () => Promise.all(TABLES.map((table) => countRows(dataDirectory, table)));
  const nothing = TABLES.map(() => 0);

  beforeAll(() => createTestDatabase(dataDirectory));
  afterAll(async () => {
    await dropTestDatabase(dataDirectory);
    move[Symbol.dispose]();
  });

  it('writes nothing and prints the same summary in a dry run', async () => {
    const rehearsal = await move.run(environment, { mode: 'dry-run' });
    expect(reportedRows(rehearsal, 'reservations')).toMatchObject({ [CLOSED]: '500' });
    // On SQLite the file is not even created.
    if (ON_POSTGRES) expect(await counts()).toEqual(nothing);
  });

  it('writes nothing if the file cannot be read completely or the database refuses a row', async () => {
    const broken = move.run(environment, {
      progress: (table, done) => {
        if (table === 'reservations' && done === 2_900) throw new Error('the disk is gone');
      },
    });
    await expect(broken).rejects.toThrow(/^the disk is gone$/);
    expect(await counts()).toEqual(nothing);
    await query('CREATE UNIQUE INDEX no_two_remarks ON reservations (remarks)');
    const before = await query(SCHEMA);
    await expect(move.run(environment)).rejects.toThrow(/unique/i);
    expect(await counts()).toEqual(nothing);
    expect(await query(SCHEMA)).toEqual(before);
    await query('DROP INDEX no_two_remarks');
  });

  it('can be repeated after the error is fixed, with the same texts and schema', async () => {
    const before = await query(SCHEMA);
    await move.run(environment);
    expect(await query(SCHEMA)).toEqual(before);
    expect(await query('SELECT remarks, vehicle_number FROM reservations WHERE id = 502')).toEqual([
      { remarks, vehicle_number: '\\N' },
    ]);
    expect(await countRows(dataDirectory, 'reservations')).toBe(3_004);
    expect(await violationsOf(move, RULES_OLD_DATA_BREAKS)).toEqual({});
  });

  it('lists thousands of changed rows in the audit log, each once', async () => {
    const entries = await queryDatabase<{ after: string }>(
      dataDirectory,
      "SELECT values_after AS after FROM audit_log WHERE target_type = 'reservation' ORDER BY id",
    );
    const rounded = entries
      .map(({ after }) => JSON.parse(after))
      .filter(({ reason }) => reason === "cost rounded to the currency's decimals");
    expect(rounded.map(({ count }) => count)).toEqual(Array(8).fill(1_500));
    const ids = rounded.flatMap(({ rows }) => rows.split(', ')).map(Number);
    expect(ids).toEqual(Array.from({ length: 1_500 }, (_, index) => 600 + 2 * index));
  });

  it('refuses a database that is not empty, even in a dry run', async () => {
    const before = await counts();
    const refusal = 'The VPMS database is not empty: it has 2 drivers, 2 lots, 3004 bookings';
    for (const mode of ['write', 'dry-run'] as const) {
      await expect(move.run(environment, { mode })).rejects.toThrow(refusal);
    }
    expect(await counts()).toEqual(before);
  });
});

// import-flask-rules.spec.ts tests each rule on SQLite.
it.runIf(ON_POSTGRES)('imports the same rows into PostgreSQL as into SQLite', async () => {
  using move = new ImportFolder(EVERY_DEFECT);
  const { dataDirectory } = move;
  await createTestDatabase(dataDirectory);
  try {
    const reports = [await move.run(), await move.run(databaseEnvironment(dataDirectory))];
    const [summary] = reports.map(summarize);
    expect(reports.map(summarize)).toEqual([summary, summary]);
    for (const table of TABLES) {
      const sql = `SELECT * FROM ${table} ORDER BY 1`;
      const rows = await queryDatabase(dataDirectory, sql);
      expect([table, rows]).toEqual([table, move.query(sql)]);
      expect(rows).not.toEqual([]);
    }
    expect(await violationsOf(move, RULES_OLD_DATA_BREAKS)).toEqual({});
  } finally {
    await dropTestDatabase(dataDirectory);
  }
});
