import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/platform/time/durations.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { TooEarly } from '../../../src/parking/reservations/errors.js';
import { CheckInService } from '../../../src/parking/reservations/ahead/check-in.service.js';
import { gateOf } from '../../support/data/gates.js';
import { at, START } from '../../support/app/fixed-clock.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, vpms, reserve, parkOther, newDriver, newLot, booking } = scene;

const sql = <Row extends object>(statement: string) =>
  queryDatabase<Row>(vpms.dataDirectory, statement);

describe('an extension until an instant in the past', () => {
  it('is refused, because a late release would otherwise count as on time', async () => {
    const { id } = await reserve(60, 120);
    clock.set(at(60));
    await scene.driver.checkIn(id);
    clock.set(at(185));
    for (const until of [at(121), at(185)]) {
      expectProblem(await scene.driver.previewExtension(id, until), '400 VALIDATION_FAILED', [
        'until',
      ]);
      expectProblem(await scene.driver.extend(id, until), '400 VALIDATION_FAILED', ['until']);
    }
    // Three started hours, not two.
    expect((await scene.driver.leave(id)).parking_cost).toBe(37.5);
  });
});

describe('the refusal of a preview', () => {
  it.each([
    ['cancellation', (id: number) => scene.driver.previewCancellation(id)],
    ['extension', (id: number) => scene.driver.previewExtension(id, at(150))],
  ])('of the %s stays true when the clock is set back', async (_, preview) => {
    const { id } = await reserve(60, 120, { hold: true });
    clock.set(at(10));
    expectProblem(await preview(id), '409 WRONG_STATUS');
    clock.set(START);
    expect(await booking(id)).toMatchObject({ status: 'expired' });
    expectProblem(await scene.driver.confirm(id), '410 HOLD_EXPIRED');
  });
});

describe('a check-in at a gate', () => {
  it('is too early if the driver has moved the booking since the gate found it', async () => {
    const { id } = await reserve(600, 660);
    // What entries.ts calls for a car whose camera reports it without a delay.
    const reference = { userId: scene.driverAccount.id, id };
    const checkIns = vpms.app.get(CheckInService);
    const checkIn = vpms.app
      .get(TransactionRunner)
      .run((tx) => checkIns.checkInWithin(tx, reference, { at: Infinity }));
    await expect(checkIn).rejects.toBeInstanceOf(TooEarly);
  });

  it('succeeds if the clock was set back to before the last stay of the driver ended', async () => {
    const plate = 'CLOCK 1';
    expect((await scene.driver.addVehicle({ plate })).status).toBe(201);
    const gate = await gateOf(vpms, scene.lotId);
    await gate.entry(plate);
    clock.set(at(240));
    await gate.exit(plate);
    clock.set(at(120));
    const { id } = await reserve(120, 180, { vehicle_number: plate });
    expect(await gate.entry(plate)).toMatchObject({ reason: 'CHECKED_IN', booking_id: id });
    expect(await booking(id)).toMatchObject({ parking_timestamp: at(240) });
  });
});

describe('a release after the clock was set back', () => {
  it('does not extend the claims of the cars that stay', async () => {
    await newLot({ numberOfSpots: 2 });
    await parkOther();
    clock.set(at(120));
    const leaving = await scene.driver.park(scene.lotId);
    clock.set(START);
    const other = await newDriver();
    await reserve(70, 130, {}, other);
    const atRisk = await reserve(200, 260, {}, other);
    // Puts the booking at risk, as a car that stays longer would; the next plan assigns a spot again.
    await sql(
      `UPDATE reservations SET claim_from = NULL, claim_until = NULL WHERE id = ${atRisk.id}`,
    );
    await scene.driver.leave(leaving.id);
    expect((await other.booking(atRisk.id)).body.spot_number).not.toBeNull();
    // The car that stays claims its spot for 60 minutes.
    await reserve(70, 130);
  });
});

describe('a lot with a tariff that a later version has stored', () => {
  it('does not prevent reads of other bookings, and is settled as soon as this version can read the tariff', async () => {
    const rates = [{ name: 'Hour', per_minutes: 60, price: 10 }];
    const { lotId } = scene;
    const tariff = await scene.admin.setTariff(lotId, { name: 'Later', rates });
    expect(tariff.status, tariff.text).toBe(200);
    const missed = await reserve(60, 120);
    const [row] = await sql<{ content: string }>(
      `SELECT content FROM tariffs WHERE lot_id = ${lotId}`,
    );
    const store = (content = '') =>
      sql(`UPDATE tariffs SET content = '${content}' WHERE lot_id = ${lotId}`);
    await store('{"v":99}');
    clock.set(at(100));
    await newLot();
    const other = await reserve(200, 260);
    expect((await scene.driver.booking(other.id)).status).toBe(200);
    await store(row?.content);
    expect(await booking(missed.id)).toMatchObject({
      status: 'no_show',
      parking_cost: 10,
    });
  });
});

describe('a booking on the spot of a car that stays for days', () => {
  it('is due when the claim of the car is extended into its window, and not at every extension before', async () => {
    await parkOther();
    const from = (10 * DAY) / MINUTE + 30;
    const { id } = await reserve(from, from + 60);
    const [row] = await sql<{ due: number }>(
      `SELECT CAST(due_at AS double precision) AS due FROM reservations WHERE id = ${id}`,
    );
    // Each extension adds an hour to the claim of the car; this one is the first to reach the window.
    expect(row?.due).toBe(Date.parse(at((10 * DAY) / MINUTE)));
    clock.set(new Date(Date.parse(at((10 * DAY) / MINUTE)) - 1).toISOString());
    expect(await booking(id)).toMatchObject({ spot_number: '1' });
    clock.set(at((10 * DAY) / MINUTE));
    expect(await booking(id)).toMatchObject({ spot_number: null });
  });
});
