import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { START } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, newDriver } = scene;
let plates = 0;
const newPlate = () => `T ${(plates += 1)}`;
const add = (body: object, by = scene.driver) => by.addVehicle(body);

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
    expect((await scene.driver.vehicles()).body).toEqual([body, second.body]);
    const seen = await scene.admin.get(`/api/admin/users/${scene.driverAccount.id}`);
    expect(seen.body.vehicles).toEqual([body, second.body]);
    expect((await (await newDriver()).vehicles()).body).toEqual([]);
  });

  it('change field by field', async () => {
    const { body } = await add({ plate: newPlate(), label: 'Old' });
    clock.advance(HOUR);
    const updated_at = clock.now().toISOString();
    const renamed = await scene.driver.changeVehicle(body.id, { label: null });
    expect(renamed.body).toEqual({ ...body, label: null, updated_at });
    const plate = newPlate();
    const other = await scene.driver.changeVehicle(body.id, { plate, opens_gates: false });
    expect(other.body).toEqual({ ...body, plate, label: null, opens_gates: false, updated_at });
    expect((await scene.driver.vehicles()).body).toEqual([other.body]);
  });

  it('can be removed, which frees the plate', async () => {
    const plate = newPlate();
    const { body } = await add({ plate });
    const removed = await scene.driver.removeVehicle(body.id);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expectProblem(await scene.driver.removeVehicle(body.id), '404 VEHICLE_NOT_FOUND');
    expect((await add({ plate }, await newDriver())).status).toBe(201);
  });

  it('are those of the caller only', async () => {
    const { body } = await add({ plate: newPlate() });
    const stranger = await newDriver();
    expectProblem(await stranger.changeVehicle(body.id, {}), '404 VEHICLE_NOT_FOUND');
    expectProblem(await stranger.removeVehicle(body.id), '404 VEHICLE_NOT_FOUND');
    const booked = await stranger.book(scene.lotId, { vehicle_id: body.id });
    expectProblem(booked, '404 VEHICLE_NOT_FOUND');
  });

  it('are at most 20, even if they are added at once', async () => {
    const responses = await Promise.all(
      Array.from({ length: 25 }, () => add({ plate: newPlate() })),
    );
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(20);
    for (const response of responses) {
      if (response.status !== 201) expectProblem(response, '409 TOO_MANY_VEHICLES');
    }
    expect((await scene.driver.vehicles()).body).toHaveLength(20);
  });

  it('have different plates, compared without case, spaces, dashes and dots', async () => {
    const plate = newPlate();
    const first = await add({ plate });
    expectProblem(await add({ plate: plate.toLowerCase().replace(' ', '-.') }), '409 PLATE_TAKEN');
    const second = await add({ plate: newPlate() });
    expectProblem(await scene.driver.changeVehicle(second.body.id, { plate }), '409 PLATE_TAKEN');
    expect((await scene.driver.vehicles()).body).toEqual([first.body, second.body]);
  });

  it('open gates for one account per plate', async () => {
    const plate = newPlate();
    const first = await add({ plate });
    const other = await newDriver();
    expectProblem(await add({ plate }, other), '409 PLATE_TAKEN');
    const listed = await add({ plate, opens_gates: false }, other);
    expect(listed.status).toBe(201);
    const open = () => other.changeVehicle(listed.body.id, { opens_gates: true });
    expectProblem(await open(), '409 PLATE_TAKEN');
    await scene.driver.changeVehicle(first.body.id, { opens_gates: false });
    expect((await open()).body).toMatchObject({ opens_gates: true });
  });

  it('let one of many accounts have the plate that they add at once', async () => {
    const plate = newPlate();
    const members = await Promise.all(Array.from({ length: 8 }, newDriver));
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
  ])('are refused with %j', async (body, field) => {
    const response = await add(body);
    expectProblem(response, '400 VALIDATION_FAILED');
    expect(response.body.errors).toEqual([expect.objectContaining({ field })]);
  });

  it('are added once for one Idempotency-Key', async () => {
    const body = { plate: newPlate() };
    const send = () => scene.driver.addVehicle(body, { headers: { 'idempotency-key': 'vehicle' } });
    const first = await send();
    expect((await send()).body).toEqual(first.body);
    expect((await scene.driver.vehicles()).body).toHaveLength(1);
  });
});
