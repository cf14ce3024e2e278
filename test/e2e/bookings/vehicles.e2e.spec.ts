import { beforeEach, describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY, HOUR } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { startTestApp, useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';

const START = '2026-03-02T08:00:00.000Z';
const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let plates = 0;
const newPlate = () => `T ${(plates += 1)}`;
let driver: TestAccount;

beforeEach(async () => {
  clock.set(START);
  driver = await createMember(vpms);
});

const add = async (body: object, owner = driver) => vpms.as(owner).addVehicle(body);

describe('the vehicles of a driver', () => {
  it('are listed as they were typed, with exactly the documented fields', async () => {
    const plate = ` mü-${newPlate()}. `;
    const { status, body } = await add({ plate, label: 'The red one' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      plate,
      label: 'The red one',
      opens_gates: true,
      created_at: START,
      updated_at: START,
    });
    const second = await add({ plate: newPlate(), opens_gates: false });
    expect(second.body).toMatchObject({ label: null, opens_gates: false });
    expect((await vpms.as(driver).vehicles()).body).toEqual([body, second.body]);
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const seen = await admin.get(`/api/admin/users/${driver.id}`);
    expect(seen.body.vehicles).toEqual([body, second.body]);
    expect((await vpms.as(await createMember(vpms)).vehicles()).body).toEqual([]);
  });

  it('change field by field', async () => {
    const { body } = await add({ plate: newPlate(), label: 'Old' });
    clock.advance(HOUR);
    const updated_at = clock.now().toISOString();
    const renamed = await vpms.as(driver).changeVehicle(body.id, { label: null });
    expect(renamed.body).toEqual({ ...body, label: null, updated_at });
    const plate = newPlate();
    const other = await vpms.as(driver).changeVehicle(body.id, { plate, opens_gates: false });
    expect(other.body).toEqual({ ...body, plate, label: null, opens_gates: false, updated_at });
    expect((await vpms.as(driver).vehicles()).body).toEqual([other.body]);
  });

  it('can be removed, which frees the plate', async () => {
    const plate = newPlate();
    const { body } = await add({ plate });
    const removed = await vpms.as(driver).removeVehicle(body.id);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expectProblem(await vpms.as(driver).removeVehicle(body.id), '404 VEHICLE_NOT_FOUND');
    expect((await add({ plate }, await createMember(vpms))).status).toBe(201);
  });

  it('are those of the caller only', async () => {
    const { body } = await add({ plate: newPlate() });
    const stranger = vpms.as(await createMember(vpms));
    expectProblem(await stranger.changeVehicle(body.id, {}), '404 VEHICLE_NOT_FOUND');
    expectProblem(await stranger.removeVehicle(body.id), '404 VEHICLE_NOT_FOUND');
    const { id: lotId } = await createLot(vpms);
    const booked = await stranger.book(lotId, { vehicle_id: body.id });
    expectProblem(booked, '404 VEHICLE_NOT_FOUND');
  });

  it('are at most 20, also if they are added at once', async () => {
    const responses = await Promise.all(
      Array.from({ length: 25 }, () => add({ plate: newPlate() })),
    );
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(20);
    for (const response of responses) {
      if (response.status !== 201) expectProblem(response, '409 TOO_MANY_VEHICLES');
    }
    expect((await vpms.as(driver).vehicles()).body).toHaveLength(20);
  });

  it('have different plates, compared without case, spaces, dashes and dots', async () => {
    const plate = newPlate();
    const first = await add({ plate });
    expectProblem(await add({ plate: plate.toLowerCase().replace(' ', '-.') }), '409 PLATE_TAKEN');
    const second = await add({ plate: newPlate() });
    expectProblem(
      await vpms.as(driver).changeVehicle(second.body.id, { plate }),
      '409 PLATE_TAKEN',
    );
    expect((await vpms.as(driver).vehicles()).body).toEqual([first.body, second.body]);
  });

  it('open gates for one account per plate', async () => {
    const plate = newPlate();
    const first = await add({ plate });
    const other = await createMember(vpms);
    expectProblem(await add({ plate }, other), '409 PLATE_TAKEN');
    const listed = await add({ plate, opens_gates: false }, other);
    expect(listed.status).toBe(201);
    const open = () => vpms.as(other).changeVehicle(listed.body.id, { opens_gates: true });
    expectProblem(await open(), '409 PLATE_TAKEN');
    await vpms.as(driver).changeVehicle(first.body.id, { opens_gates: false });
    expect((await open()).body).toMatchObject({ opens_gates: true });
  });

  it('let one of many accounts have the plate that they add at once', async () => {
    const plate = newPlate();
    const members = await Promise.all(Array.from({ length: 8 }, () => createMember(vpms)));
    const responses = await Promise.all(members.map((member) => add({ plate }, member)));
    const taken = responses.filter(({ status }) => status !== 201);
    expect(taken).toHaveLength(7);
    for (const response of taken) expectProblem(response, '409 PLATE_TAKEN');
  });

  it.each([
    [{}, 'plate'],
    [{ plate: '' }, 'plate'],
    [{ plate: '-. ' }, 'plate'],
    [{ plate: 'x'.repeat(21) }, 'plate'],
    [{ plate: 'A\u0000' }, 'plate'],
    [{ plate: 7 }, 'plate'],
    [{ plate: 'A 1', label: '' }, 'label'],
    [{ plate: 'A 1', label: 'x'.repeat(81) }, 'label'],
    [{ plate: 'A 1', opens_gates: 'yes' }, 'opens_gates'],
    [{ plate: 'A 1', color: 'red' }, 'color'],
  ])('refuse %j', async (body, field) => {
    const response = await add(body);
    expectProblem(response, '400 VALIDATION_FAILED');
    expect(response.body.errors).toEqual([expect.objectContaining({ field })]);
  });

  it('are added once for one Idempotency-Key', async () => {
    const body = { plate: newPlate() };
    const send = () =>
      vpms.as(driver).addVehicle(body, { headers: { 'idempotency-key': 'vehicle' } });
    const first = await send();
    expect((await send()).body).toEqual(first.body);
    expect((await vpms.as(driver).vehicles()).body).toHaveLength(1);
  });
});

describe('the vehicle of a booking', () => {
  it('is chosen by its id, for a walk-in and for a booking ahead', async () => {
    const { id: lotId } = await createLot(vpms);
    const plate = newPlate();
    const { body: vehicle } = await add({ plate });
    const parked = await vpms.as(driver).park(lotId, { vehicle_id: vehicle.id });
    expect(parked.vehicle_number).toBe(plate);
    await vpms.as(driver).changeVehicle(vehicle.id, { plate: newPlate() });
    expect((await vpms.as(driver).booking(parked.id)).body.vehicle_number).toBe(plate);
    const window = { from: '2026-03-02T12:00:00.000Z', until: '2026-03-02T13:00:00.000Z' };
    const ahead = { lot_id: lotId, ...window };
    const reserved = await vpms.as(driver).bookAhead({ ...ahead, vehicle_id: vehicle.id });
    expect(reserved.body.vehicle_number).not.toBe(plate);
    const other = await add({ plate: newPlate() });
    const changed = await vpms
      .as(driver)
      .changeBooking(reserved.body.id, { vehicle_id: other.body.id });
    expect(changed.body.vehicle_number).toBe(other.body.plate);
    const both = { vehicle_id: vehicle.id, vehicle_number: 'A 1' };
    for (const refused of [
      await vpms.as(driver).bookAhead({ ...ahead, ...both }),
      await vpms.as(driver).book(lotId, both),
      await vpms.as(driver).changeBooking(reserved.body.id, both),
    ]) {
      expectProblem(refused, '400 VALIDATION_FAILED');
    }
  });

  it('can be corrected until 24 hours after its end, and the correction is audited', async () => {
    const { id: lotId } = await createLot(vpms);
    const { id } = await vpms.as(driver).park(lotId, { vehicle_number: 'TYPO 1' });
    const plate = newPlate();
    const { body: vehicle } = await add({ plate });
    const corrected = await vpms.as(driver).correctVehicle(id, { vehicle_id: vehicle.id });
    expect(corrected.body).toMatchObject({ id, status: 'active', vehicle_number: plate });
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const { body: entries } = await admin.get(
      '/api/admin/audit-log?action=booking.vehicle-corrected',
    );
    expect(entries).toEqual([
      expect.objectContaining({
        actor_id: driver.id,
        target_type: 'reservation',
        target_id: String(id),
        before: { vehicle_number: 'TYPO 1' },
        after: { vehicle_number: plate },
      }),
    ]);
    await vpms.as(driver).leave(id);
    clock.advance(DAY - 1);
    const last = await vpms.as(driver).correctVehicle(id, { vehicle_number: 'LATE 1' });
    expect(last.body).toMatchObject({ status: 'completed', vehicle_number: 'LATE 1' });
    clock.advance(1);
    const late = await vpms.as(driver).correctVehicle(id, { vehicle_number: 'LATE 2' });
    expectProblem(late, '409 TOO_LATE');
    expectProblem(await vpms.as(driver).correctVehicle(id, {}), '400 VALIDATION_FAILED');
    const stranger = vpms.as(await createMember(vpms));
    const foreign = await stranger.correctVehicle(id, { vehicle_number: 'X 1' });
    expectProblem(foreign, '404 BOOKING_NOT_FOUND');
  });

  it.each(['---', ''])(
    'is a plate when it is corrected, and when booking ahead: not %j',
    async (text) => {
      const { id: lotId } = await createLot(vpms);
      const { id } = await vpms.as(driver).park(lotId);
      const body = { vehicle_number: text };
      expectProblem(await vpms.as(driver).correctVehicle(id, body), '400 VALIDATION_FAILED');
      await vpms.as(driver).leave(id);
      const inHours = (hours: number) =>
        new Date(clock.now().getTime() + hours * 3_600_000).toISOString();
      const window = { lot_id: lotId, from: inHours(2), until: inHours(3) };
      const ahead = await vpms.as(driver).bookAhead({ ...window, ...body });
      expectProblem(ahead, '400 VALIDATION_FAILED');
    },
  );

  it('cannot be corrected later than 24 hours after a moment that has passed, also if no job has run', async () => {
    const { id: lotId } = await createLot(vpms);
    const instant = (hours: number) =>
      new Date(clock.now().getTime() + hours * 3_600_000).toISOString();
    const hold = { lot_id: lotId, from: instant(2), until: instant(3), hold: true };
    const { body } = await vpms.as(driver).bookAhead(hold);
    clock.advance(DAY);
    const corrected = await vpms.as(driver).correctVehicle(body.id, { vehicle_number: 'X 1' });
    expect(corrected.body).toMatchObject({ status: 'expired', vehicle_number: 'X 1' });
    clock.advance(10 * 60_000);
    const late = await vpms.as(driver).correctVehicle(body.id, { vehicle_number: 'X 2' });
    expectProblem(late, '409 TOO_LATE');
  });

  it('is found by operators in any spelling, together with its status', async () => {
    const { id: lotId } = await createLot(vpms);
    const plate = newPlate();
    const { id } = await vpms.as(driver).park(lotId, { vehicle_number: plate });
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const find = async (text: string, status = 'any') => {
      const query = `vehicle_number=${encodeURIComponent(text)}&status=${status}`;
      const { body } = await admin.get(`/api/admin/bookings?${query}`);
      return body.map((booking: { id: number }) => booking.id);
    };
    expect(await find(plate.toLowerCase().replace(' ', '·'))).toEqual([id]);
    expect(await find(`${plate}0`)).toEqual([]);
    expect(await find(plate, 'active,at_risk')).toEqual([id]);
    expect(await find(plate, 'reserved')).toEqual([]);
    expect(await find(plate, 'at_risk')).toEqual([]);
    await vpms.as(driver).correctVehicle(id, { vehicle_number: 'OTHER 9' });
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
