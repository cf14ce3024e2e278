import { beforeEach, describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY, MINUTE } from '../../../src/platform/time/durations.js';
import { TooEarly } from '../../../src/parking/reservations/errors.js';
import { CheckInService } from '../../../src/parking/reservations/ahead/check-in.service.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import {
  createGate,
  createLot,
  createMember,
  type TestAccount,
} from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let driver: TestAccount;
let api: ApiClient;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  driver = await createMember(vpms);
  api = vpms.as(driver);
  lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
});

const sql = <Row extends object>(statement: string) =>
  queryDatabase<Row>(vpms.dataDirectory, statement);

const reserve = async (from: number, until: number, fields: object = {}, client = api) => {
  const window = { from: at(from), until: at(until) };
  const { status, text, body } = await client.bookAhead({ lot_id: lotId, ...window, ...fields });
  expect(status, text).toBe(201);
  return body;
};

describe('an extension until an instant that is over', () => {
  it('is refused, because a late release would then count as on time', async () => {
    const { id } = await reserve(60, 120);
    clock.set(at(60));
    await api.checkIn(id);
    clock.set(at(185));
    for (const until of [at(121), at(185)]) {
      expectProblem(await api.previewExtension(id, until), '400 VALIDATION_FAILED', ['until']);
      expectProblem(await api.extend(id, until), '400 VALIDATION_FAILED', ['until']);
    }
    // Three started hours, not two.
    expect((await api.leave(id)).parking_cost).toBe(37.5);
  });
});

describe('the refusal of a preview', () => {
  it.each([
    ['cancellation', (id: number) => api.previewCancellation(id)],
    ['extension', (id: number) => api.previewExtension(id, at(150))],
  ])('of the %s stays true when the clock is set back', async (_, preview) => {
    const { id } = await reserve(60, 120, { hold: true });
    clock.set(at(10));
    expectProblem(await preview(id), '409 WRONG_STATUS');
    clock.set(START);
    expect((await api.booking(id)).body).toMatchObject({ status: 'expired' });
    expectProblem(await api.confirm(id), '410 HOLD_EXPIRED');
  });
});

describe('a check-in at a gate', () => {
  it('is too early if the driver has moved the booking since the gate found it', async () => {
    const { id } = await reserve(600, 660);
    // entries.ts makes the same call for a car that is seen now.
    const reference = { userId: driver.id, id };
    const checkIns = vpms.app.get(CheckInService);
    const checkIn = vpms.app
      .get(TransactionRunner)
      .run((tx) => checkIns.checkInWithin(tx, reference, { at: Infinity }));
    await expect(checkIn).rejects.toBeInstanceOf(TooEarly);
  });

  it('succeeds if the clock was set back to before the last stay of the driver ended', async () => {
    const plate = 'CLOCK 1';
    expect((await api.addVehicle({ plate })).status).toBe(201);
    const gate = new GateClient(vpms.http, (await createGate(vpms, { lotId })).key);
    await gate.entry(plate);
    clock.set(at(240));
    await gate.exit(plate);
    clock.set(at(120));
    const { id } = await reserve(120, 180, { vehicle_number: plate });
    expect(await gate.entry(plate)).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect((await api.booking(id)).body).toMatchObject({ parking_timestamp: at(240) });
  });
});

describe('a release after the clock was set back', () => {
  it('does not let the cars that stay claim their spots until later', async () => {
    lotId = (await createLot(vpms, { numberOfSpots: 2 })).id;
    await vpms.as(await createMember(vpms)).park(lotId);
    clock.set(at(120));
    const leaving = await api.park(lotId);
    clock.set(START);
    const other = vpms.as(await createMember(vpms));
    await reserve(70, 130, {}, other);
    const atRisk = await reserve(200, 260, {}, other);
    // The state after an overstay; the next plan assigns a spot again.
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE reservations SET claim_from = NULL, claim_until = NULL WHERE id = ${atRisk.id}`,
    );
    await api.leave(leaving.id);
    expect((await other.booking(atRisk.id)).body.spot_number).not.toBeNull();
    // The car that stays claims its spot for 60 minutes.
    await reserve(70, 130);
  });
});

describe('a lot with a tariff that a later version has stored', () => {
  it('does not keep other bookings from being read, and is settled once it can be', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const rates = [{ name: 'Hour', per_minutes: 60, price: 10 }];
    const tariff = await admin.setTariff(lotId, { name: 'Later', rates });
    expect(tariff.status, tariff.text).toBe(200);
    const missed = await reserve(60, 120);
    const [row] = await sql<{ content: string }>(
      `SELECT content FROM tariffs WHERE lot_id = ${lotId}`,
    );
    const store = (content = '') =>
      sql(`UPDATE tariffs SET content = '${content}' WHERE lot_id = ${lotId}`);
    await store('{"v":99}');
    clock.set(at(100));
    lotId = (await createLot(vpms)).id;
    const other = await reserve(200, 260);
    expect((await api.booking(other.id)).status).toBe(200);
    lotId = missed.lot_id;
    await store(row?.content);
    expect((await api.booking(missed.id)).body).toMatchObject({
      status: 'no_show',
      parking_cost: 10,
    });
  });
});

describe('a booking on the spot of a car that stays for days', () => {
  it('is due when the claim of the car is extended into its window, not at each of its ends', async () => {
    await vpms.as(await createMember(vpms)).park(lotId);
    const from = (10 * DAY) / MINUTE + 30;
    const { id } = await reserve(from, from + 60);
    const [row] = await queryDatabase<{ due: number }>(
      vpms.dataDirectory,
      `SELECT CAST(due_at AS double precision) AS due FROM reservations WHERE id = ${id}`,
    );
    // The claim of the car is extended by an hour at a time; from here, it would reach into the window.
    expect(row?.due).toBe(Date.parse(at((10 * DAY) / MINUTE)));
    clock.set(new Date(Date.parse(at((10 * DAY) / MINUTE)) - 1).toISOString());
    expect((await api.booking(id)).body).toMatchObject({ spot_number: '1' });
    clock.set(at((10 * DAY) / MINUTE));
    expect((await api.booking(id)).body).toMatchObject({ spot_number: null });
  });
});
