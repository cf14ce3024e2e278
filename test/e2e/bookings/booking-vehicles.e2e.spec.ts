import { describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { startTestApp } from '../../support/app/test-app.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene({ numberOfSpots: 10 });
const { clock, bookAhead, booking } = scene;
let plates = 0;
const newPlate = () => `T ${(plates += 1)}`;
const add = (body: object) => scene.driver.addVehicle(body);

describe('the vehicle of a booking', () => {
  it('is chosen by its id, for a walk-in and for a booking ahead', async () => {
    const plate = newPlate();
    const { body: vehicle } = await add({ plate });
    const parked = await scene.driver.park(scene.lotId, { vehicle_id: vehicle.id });
    expect(parked.vehicle_number).toBe(plate);
    await scene.driver.changeVehicle(vehicle.id, { plate: newPlate() });
    expect((await booking(parked.id)).vehicle_number).toBe(plate);
    const reserved = await bookAhead(240, 300, { vehicle_id: vehicle.id });
    expect(reserved.body.vehicle_number).not.toBe(plate);
    const other = await add({ plate: newPlate() });
    const changed = await scene.driver.changeBooking(reserved.body.id, {
      vehicle_id: other.body.id,
    });
    expect(changed.body.vehicle_number).toBe(other.body.plate);
    const both = { vehicle_id: vehicle.id, vehicle_number: 'A 1' };
    for (const refused of [
      await bookAhead(240, 300, both),
      await scene.driver.book(scene.lotId, both),
      await scene.driver.changeBooking(reserved.body.id, both),
    ]) {
      expectProblem(refused, '400 VALIDATION_FAILED');
    }
  });

  it('can be corrected until 24 hours after its end, and the correction is audited', async () => {
    const { id } = await scene.driver.park(scene.lotId, { vehicle_number: 'TYPO 1' });
    const plate = newPlate();
    const { body: vehicle } = await add({ plate });
    const corrected = await scene.driver.correctVehicle(id, { vehicle_id: vehicle.id });
    expect(corrected.body).toMatchObject({ id, status: 'active', vehicle_number: plate });
    const { body: entries } = await scene.admin.get(
      '/api/admin/audit-log?action=booking.vehicle-corrected',
    );
    expect(entries).toEqual([
      expect.objectContaining({
        actor_id: scene.driverAccount.id,
        target_type: 'reservation',
        target_id: String(id),
        before: { vehicle_number: 'TYPO 1' },
        after: { vehicle_number: plate },
      }),
    ]);
    await scene.driver.leave(id);
    clock.advance(DAY - 1);
    const last = await scene.driver.correctVehicle(id, { vehicle_number: 'LATE 1' });
    expect(last.body).toMatchObject({ status: 'completed', vehicle_number: 'LATE 1' });
    clock.advance(1);
    const late = await scene.driver.correctVehicle(id, { vehicle_number: 'LATE 2' });
    expectProblem(late, '409 TOO_LATE');
    expectProblem(await scene.driver.correctVehicle(id, {}), '400 VALIDATION_FAILED');
    const stranger = await scene.newDriver();
    const foreign = await stranger.correctVehicle(id, { vehicle_number: 'X 1' });
    expectProblem(foreign, '404 BOOKING_NOT_FOUND');
  });

  it.each(['---', ''])(
    'is refused in a correction and in a booking ahead if it is not a plate: %j',
    async (text) => {
      const { id } = await scene.driver.park(scene.lotId);
      const body = { vehicle_number: text };
      expectProblem(await scene.driver.correctVehicle(id, body), '400 VALIDATION_FAILED');
      await scene.driver.leave(id);
      expectProblem(await bookAhead(120, 180, body), '400 VALIDATION_FAILED');
    },
  );

  it('cannot be corrected later than 24 hours after time alone has ended the booking, even if no job has run', async () => {
    const { body } = await bookAhead(120, 180, { hold: true });
    clock.advance(DAY);
    const corrected = await scene.driver.correctVehicle(body.id, { vehicle_number: 'X 1' });
    expect(corrected.body).toMatchObject({ status: 'expired', vehicle_number: 'X 1' });
    clock.advance(10 * 60_000);
    const late = await scene.driver.correctVehicle(body.id, { vehicle_number: 'X 2' });
    expectProblem(late, '409 TOO_LATE');
  });

  it('is found by operators in any spelling, together with its status', async () => {
    const plate = newPlate();
    const { id } = await scene.driver.park(scene.lotId, { vehicle_number: plate });
    const find = async (text: string, status = 'any') => {
      const query = `vehicle_number=${encodeURIComponent(text)}&status=${status}`;
      const { body } = await scene.admin.get(`/api/admin/bookings?${query}`);
      return body.map((booking: { id: number }) => booking.id);
    };
    expect(await find(plate.toLowerCase().replace(' ', '·'))).toEqual([id]);
    expect(await find(`${plate}0`)).toEqual([]);
    expect(await find(plate, 'active,at_risk')).toEqual([id]);
    expect(await find(plate, 'reserved')).toEqual([]);
    expect(await find(plate, 'at_risk')).toEqual([]);
    await scene.driver.correctVehicle(id, { vehicle_number: 'OTHER 9' });
    expect(await find(plate)).toEqual([]);
    expect(await find('other9')).toEqual([id]);
  });

  it('of a version before vehicles is found after the job that the migration creates', async () => {
    const old = await startTestApp();
    const { dataDirectory } = old;
    const parked = await old.as(await createMember(old)).park((await createLot(old)).id, {
      vehicle_number: 'Old-Plate 1',
    });
    // What the migration leaves: bookings without a key, and the first job.
    await old.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`UPDATE reservations SET plate_key = NULL`;
      await tx.sql`
        INSERT INTO jobs (id, name, dedup_key, payload, run_at, status, attempts, created_at)
        VALUES ('fill-plate-keys', 'plate-keys', 'first', '{"v":1}', 0, 'pending', 0, 0)`;
    });
    await old.stop();
    await using upgraded = await startTestApp({ dataDirectory });
    const admin = upgraded.as(await createMember(upgraded, 'admin'));
    const found = await waitUntil(async () => {
      const { body } = await admin.get('/api/admin/bookings?vehicle_number=oldplate1');
      return body.length > 0 ? body : undefined;
    });
    expect(found).toEqual([expect.objectContaining({ id: parked.id })]);
  });
});
