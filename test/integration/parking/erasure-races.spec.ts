import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { ExportsService } from '../../../src/jobs/exports/exports.service.js';
import { storeChunk } from '../../../src/jobs/exports/export-files.js';
import { insertEvent } from '../../../src/parking/gates/gate-event.js';
import { plateKey } from '../../../src/parking/vehicles/plate.js';
import { lockPlates } from '../../../src/parking/vehicles/plate-locks.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { Latch } from '../../support/app/latch.js';
import { useTestApp } from '../../support/app/test-app.js';
import { violationsOf } from '../../support/checks/violations.js';
import { dumpDatabase } from '../../support/data/dump.js';
import {
  createGate,
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
} from '../../support/data/factories.js';
import { countRows, ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';

const ROUNDS = 24;
const vpms = useTestApp();

interface Raced {
  readonly account: TestAccount;
  readonly left: HttpResponse;
  readonly response: HttpResponse;
}

/** Sends the request while the account is erased; each round, the request starts a little later. */
async function race(
  request: (api: ApiClient, plate: string) => Promise<HttpResponse>,
  prepare: (api: ApiClient) => Promise<void> = async () => undefined,
): Promise<Raced[]> {
  const raced: Raced[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const account = await createMember(vpms);
    const api = vpms.as(account);
    await prepare(api);
    const [left, response] = await Promise.all([
      api.leaveService(PASSWORD),
      sleep(round / 4).then(() => request(api, `RACE ${account.id}`)),
    ]);
    raced.push({ account, left, response });
  }
  return raced;
}

/** Expects that nothing of an erased account is stored, and that a request that came too late was refused. */
async function expectErased(raced: readonly Raced[]): Promise<void> {
  const dump = await dumpDatabase(vpms);
  for (const { account, left } of raced.filter((each) => each.left.status === 204)) {
    expect(left.text).toBe('');
    const { id, username } = account;
    const records = String.raw`idempotency_records: .*account_id=${id}\b`;
    const traces = new RegExp(String.raw`RACE ?${id}\b|\b${username}\b|${records}`, 'i');
    expect(dump.split('\n').filter((line) => traces.test(line))).toEqual([]);
  }
  expect(await violationsOf(vpms)).toEqual({});
}

const FROM = new Date(Date.now() + HOUR).toISOString();
const UNTIL = new Date(Date.now() + 2 * HOUR).toISOString();

it.each(['walk-in', 'booking ahead', 'walk-in beside bookings ahead'])(
  'an erasure concurrent with a %s: one of the two is refused',
  async (kind) => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 100 });
    if (kind === 'walk-in beside bookings ahead') {
      const other = vpms.as(await createMember(vpms));
      await other.bookAhead({ lot_id: lotId, from: FROM, until: UNTIL });
    }
    const raced = await race((api, plate) => {
      const fields = { vehicle_number: plate, remarks: plate };
      const window = { from: FROM, until: UNTIL };
      return kind === 'booking ahead'
        ? api.bookAhead({ lot_id: lotId, ...window, ...fields })
        : api.book(lotId, fields, { headers: { 'idempotency-key': plate.replace(' ', '') } });
    });
    for (const { left, response } of raced) {
      expect([
        [204, 401],
        [409, 201],
      ]).toContainEqual([left.status, response.status]);
    }
    await expectErased(raced);
  },
);

it('an erasure concurrent with a new vehicle, an export or a stored refusal leaves nothing behind', async () => {
  const add = await race((api, plate) => api.addVehicle({ plate }));
  for (const { left, response } of add) {
    expect(left.status).toBe(204);
    expect([201, 401]).toContain(response.status);
  }
  await expectErased(add);
  const exported = await race((api) => api.requestExport());
  for (const { left, response } of exported) {
    expect(left.status).toBe(204);
    expect([202, 401]).toContain(response.status);
  }
  await expectErased(exported);
  const headers = { 'idempotency-key': 'k' };
  const refused = await race((api) => api.release(987_654, { headers }));
  for (const { response } of refused) expect([401, 404]).toContain(response.status);
  await expectErased(refused);
});

it('an erasure concurrent with a correction of a plate, or a wrong password, leaves nothing behind', async () => {
  const { id: lotId } = await createLot(vpms);
  let bookingId = 0;
  const raced = await race(
    (api, plate) => api.correctVehicle(bookingId, { vehicle_number: plate }),
    async (api) => {
      ({ id: bookingId } = await api.park(lotId));
      await api.leave(bookingId);
    },
  );
  for (const { left, response } of raced) {
    expect(left.status).toBe(204);
    expect([200, 401]).toContain(response.status);
  }
  await expectErased(raced);
  const guessed: Raced[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const account = await createMember(vpms);
    const body = { username: account.username, password: 'wrong' };
    const [left, response] = await Promise.all([
      vpms.as(account).leaveService(PASSWORD),
      sleep(round / 4).then(() => vpms.http.post('/api/user/login', { body })),
    ]);
    guessed.push({ account, left, response });
  }
  await expectErased(guessed);
});

async function completedExport({ token }: TestAccount): Promise<string> {
  const task = await requestExport(vpms.http, token);
  await waitForExport(task, 'completed');
  return task.id;
}

/** Runs the work while the unit has written but is not committed. */
async function beforeCommit<T>(
  write: (tx: Tx) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const [written, committed] = [new Latch(), new Latch()];
  const writing = vpms.app.get(TransactionRunner).run(async (tx) => {
    await write(tx);
    written.open();
    await committed.opened;
  });
  await written.opened;
  const working = work();
  // The work waits for a row of the unit, or on SQLite for the whole unit.
  await sleep(300);
  committed.open();
  await writing;
  return working;
}

/** Runs the work while an export's chunk is being stored, as its processor stores it. */
function whileStoringChunk<T>(exportId: string, work: () => Promise<T>): Promise<T> {
  return beforeCommit(async (tx) => {
    await tx.sql`UPDATE exports SET processed = processed + 1 WHERE id = ${exportId}`;
    await storeChunk(tx, exportId, 1, Buffer.from('chunk'));
  }, work);
}

it('an erasure while a chunk of an export is being stored leaves nothing behind', async () => {
  const account = await createMember(vpms);
  const id = await completedExport(account);
  const left = await whileStoringChunk(id, () => vpms.as(account).leaveService(PASSWORD));
  expect(left).toMatchObject({ status: 204, text: '' });
  expect(await countRows(vpms.dataDirectory, 'export_chunks', `export_id = '${id}'`)).toBe(0);
});

it('the deletion of an old export while a chunk is being stored leaves nothing behind', async () => {
  const id = await completedExport(await createMember(vpms));
  await queryDatabase(vpms.dataDirectory, `UPDATE exports SET finished_at = 1 WHERE id = '${id}'`);
  await whileStoringChunk(id, () => vpms.app.get(ExportsService).deleteExpired());
  expect(await countRows(vpms.dataDirectory, 'exports', `id = '${id}'`)).toBe(0);
});

it('an erasure while an event at a gate is being stored leaves no plate behind', async () => {
  const { id: lotId } = await createLot(vpms);
  const { id: gateId } = await createGate(vpms, { lotId });
  const account = await createMember(vpms);
  const plate = `GONE ${account.id}`;
  const api = vpms.as(account);
  await api.addVehicle({ plate });
  const { id: bookingId } = await api.park(lotId, { vehicle_number: plate });
  await api.leave(bookingId);
  const at = Date.now();
  const car = { plate, plateKey: plateKey(plate), at, receivedAt: at, note: null };
  const gate = { gateId, lotId, direction: 'out', eventId: 'again' } as const;
  const decision = { action: 'open', reason: 'RELEASED', spotNumber: null, cost: 1250 } as const;
  const left = await beforeCommit(
    async (tx) => {
      await lockPlates(tx, [car.plateKey]);
      await insertEvent(tx, { ...gate, ...car, ...decision, bookingId });
    },
    () => api.leaveService(PASSWORD),
  );
  expect(left).toMatchObject({ status: 204, text: '' });
  const ofEvent = `event_id = 'again' AND plate IS NULL AND plate_key IS NULL`;
  expect(await countRows(vpms.dataDirectory, 'gate_events', ofEvent)).toBe(1);
});

describe.runIf(ON_POSTGRES)('a gate', () => {
  const plate = 'LEAVES 1';
  const driverWith = async (car: string) => {
    const driver = await createMember(vpms);
    expect((await vpms.as(driver).addVehicle({ plate: car })).status).toBe(201);
    return driver;
  };
  const addGate = async (lotId: number) => {
    const { id, key } = await createGate(vpms, { lotId });
    return { id, client: new GateClient(vpms.http, key) };
  };
  /** Number of units that wait for a lock. */
  const waiting = async () => {
    const sql = `SELECT COUNT(*) AS number FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (await queryDatabase<{ number: number }>(vpms.dataDirectory, sql))[0]?.number;
  };

  it('that waits for a busy lot does not delay the erasure of another driver', async () => {
    const otherPlate = 'STAYS 1';
    const { id: lotId } = await createLot(vpms);
    const gate = await addGate(lotId);
    await driverWith(otherPlate);
    const leaver = await driverWith(plate);
    const { entry } = await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`SELECT id FROM lots WHERE id = ${lotId} FOR UPDATE`;
      const entering = gate.client.entry(otherPlate);
      await expect.poll(waiting).toBe(1);
      expect((await vpms.as(leaver).leaveService(PASSWORD)).status).toBe(204);
      return { entry: entering };
    });
    expect((await entry).reason).toBe('BOOKED');
  });

  it('waits for the erasure of the driver of the car, and lets other cars pass', async () => {
    const otherPlate = 'STAYS 2';
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 10 });
    const gate = await addGate(lotId);
    const [leaver, admin] = [await driverWith(plate), await createMember(vpms, 'admin')];
    await driverWith(otherPlate);
    const responses = await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`SELECT id FROM accounts WHERE id = ${leaver.id} FOR KEY SHARE`;
      const left = vpms.as(leaver).leaveService(PASSWORD);
      await expect.poll(waiting).toBe(1);
      const entry = gate.client.entry(plate);
      const opening = vpms
        .as(admin)
        .post('/api/admin/gate-events', { body: { gate_id: gate.id, reason: 'Broken', plate } });
      expect((await gate.client.entry(otherPlate)).reason).toBe('BOOKED');
      await expect.poll(waiting).toBe(3);
      return { left, entry, opening };
    });
    expect((await responses.left).status).toBe(204);
    expect((await responses.entry).reason).toBe('UNKNOWN_PLATE');
    expect((await responses.opening).status).toBe(201);
  });
});
