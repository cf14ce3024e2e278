import { describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { useTestApp } from '../../support/app/test-app.js';
import { violationsOf } from '../../support/checks/violations.js';
import { createLot, createMembers } from '../../support/data/factories.js';
import { countRows, ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import { pick } from '../../support/cluster/cluster.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import type { GateClient } from '../../support/http/clients/gate-client.js';

const ROUNDS = 15;
const vpms = useTestApp();
let plates = 0;
const newPlate = () => `R ${(plates += 1)}`;

const gatesOf = async (lotId: number, count: number): Promise<GateClient[]> => {
  const gates = [];
  for (let number = 0; number < count; number += 1) gates.push(await gateOf(vpms, lotId));
  return gates;
};
const carOf = async () => {
  const plate = newPlate();
  return { plate, driver: await driverWith(vpms, plate) };
};
const reasonsOf = (decisions: readonly { readonly reason: string }[]) =>
  decisions.map(({ reason }) => reason).toSorted();

describe('one car', () => {
  it('at several gates of a lot at once is booked once, and released once', async () => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 100 });
    const gates = await gatesOf(lotId, 4);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate, driver } = await carOf();
      const entries = await Promise.all(gates.map((gate) => gate.entry(plate)));
      const inside = ['ALREADY_IN', 'ALREADY_IN', 'ALREADY_IN', 'BOOKED'];
      expect(reasonsOf(entries)).toEqual(inside);
      expect(new Set(entries.map(({ booking_id }) => booking_id)).size).toBe(1);
      const exits = await Promise.all(gates.map((gate) => gate.exit(plate)));
      expect(reasonsOf(exits)).toEqual(Array(4).fill('RELEASED'));
      expect(new Set(exits.map(({ cost }) => cost)).size).toBe(1);
      expect((await vpms.as(driver).get('/api/user/bookings')).body).toHaveLength(1);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('at gates of two lots at once is booked in one of them', async () => {
    const lots = [
      await createLot(vpms, { numberOfSpots: 100 }),
      await createLot(vpms, { numberOfSpots: 100 }),
    ];
    const gates = await Promise.all(lots.map(({ id }) => gateOf(vpms, id)));
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate } = await carOf();
      const entries = await Promise.all(gates.map((gate) => gate.entry(plate)));
      expect(reasonsOf(entries)).toEqual(['BOOKED', 'PARKED_ELSEWHERE']);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('gets one decision if its event is sent several times at once', async () => {
    const gate = await gateOf(vpms, (await createLot(vpms, { numberOfSpots: 100 })).id);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate } = await carOf();
      const event_id = `again ${round}`;
      const before = await countRows(vpms.dataDirectory, 'gate_events');
      const sent = Array.from({ length: 6 }, () => gate.entry(plate, { event_id }));
      const decisions = await Promise.all(sent);
      expect(new Set(decisions.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(decisions[0]).toMatchObject({ reason: 'BOOKED' });
      expect(await countRows(vpms.dataDirectory, 'gate_events')).toBe(before + 1);
    }
  });

  it('is booked once if the driver books in the app at the same moment', async () => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 100 });
    const gate = await gateOf(vpms, lotId);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate, driver } = await carOf();
      const [entry, booked] = await Promise.all([
        gate.entry(plate),
        vpms.as(driver).book(lotId, { vehicle_number: plate }),
      ]);
      expect(['BOOKED', 'ALREADY_IN']).toContain(entry.reason);
      expect(booked.status).toBe(entry.reason === 'BOOKED' ? 409 : 201);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });

  it.runIf(ON_POSTGRES)(
    'is refused if its driver parks elsewhere while it waits to be checked in',
    async () => {
      const { id: lotId } = await createLot(vpms);
      const { id: elsewhere } = await createLot(vpms);
      const gate = await gateOf(vpms, lotId);
      const { plate, driver } = await carOf();
      const from = Date.now() + 5 * MINUTE;
      const reserved = await vpms.as(driver).bookAhead({
        lot_id: lotId,
        from: new Date(from).toISOString(),
        until: new Date(from + HOUR).toISOString(),
        vehicle_number: plate,
      });
      expect(reserved.status).toBe(201);
      let entry: ReturnType<GateClient['entry']> | undefined;
      await vpms.app.get(TransactionRunner).run(async (tx) => {
        await tx.sql`SELECT id FROM lots WHERE id = ${lotId} FOR UPDATE`;
        entry = gate.entry(plate, { event_id: 'waits' });
        const waiting = `SELECT 1 FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        await waitUntil(async () => (await queryDatabase(vpms.dataDirectory, waiting))[0]);
        expect((await vpms.as(driver).book(elsewhere)).status).toBe(201);
      });
      const refused = { action: 'refuse', reason: 'PARKED_ELSEWHERE' };
      expect(await entry).toMatchObject(refused);
      expect(await gate.entry(plate, { event_id: 'waits' })).toMatchObject(refused);
    },
  );

  it('opens the gate if the driver releases in the app at the same moment', async () => {
    const gate = await gateOf(vpms, (await createLot(vpms, { numberOfSpots: 100 })).id);
    for (let round = 0; round < ROUNDS; round += 1) {
      const { plate, driver } = await carOf();
      const { booking_id: id } = await gate.entry(plate);
      const [exit, released] = await Promise.all([gate.exit(plate), vpms.as(driver).release(id)]);
      expect(exit).toMatchObject({ reason: 'RELEASED', booking_id: id, cost: 12.5 });
      expect([200, 409]).toContain(released.status);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });
});

describe('many cars', () => {
  it('get as many spots as there are', async () => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 20 });
    const gates = await gatesOf(lotId, 4);
    const cars = await Promise.all(
      (await createMembers(vpms, 30)).map(async (driver) => {
        const plate = newPlate();
        await vpms.as(driver).addVehicle({ plate });
        return plate;
      }),
    );
    const entries = await Promise.all(cars.map((plate, index) => pick(gates, index).entry(plate)));
    const booked = entries.filter((entry) => entry.reason === 'BOOKED');
    expect(booked).toHaveLength(20);
    expect(entries.filter((entry) => entry.reason === 'LOT_FULL')).toHaveLength(10);
    expect(new Set(booked.map((entry) => entry.spot_number)).size).toBe(20);
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('never share a spot while some enter and others leave', async () => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 4 });
    const gates = await gatesOf(lotId, 6);
    const cars = await Promise.all(gates.map(() => carOf()));
    await Promise.all(
      gates.map(async (gate, index) => {
        const { plate } = pick(cars, index);
        for (let round = 0; round < 4 * ROUNDS; round += 1) {
          const { reason } = await gate.entry(plate);
          if (reason === 'BOOKED') expect((await gate.exit(plate)).reason).toBe('RELEASED');
          else expect(reason).toBe('LOT_FULL');
        }
      }),
    );
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('check in at once, each for its reservation', async () => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 20 });
    const gates = await gatesOf(lotId, 4);
    const window = {
      from: new Date(Date.now() + 5 * 60_000).toISOString(),
      until: new Date(Date.now() + 65 * 60_000).toISOString(),
    };
    const cars = await Promise.all(
      (await createMembers(vpms, 20)).map(async (driver) => {
        const plate = newPlate();
        const body = { lot_id: lotId, vehicle_number: plate, ...window };
        expect((await vpms.as(driver).bookAhead(body)).status).toBe(201);
        return plate;
      }),
    );
    const entries = await Promise.all(
      cars.flatMap((plate, index) =>
        [0, 1].map((other) => pick(gates, index + other).entry(plate)),
      ),
    );
    const count = (reason: string) => entries.filter((entry) => entry.reason === reason).length;
    expect([count('CHECKED_IN'), count('ALREADY_IN')]).toEqual([20, 20]);
    expect(await violationsOf(vpms)).toEqual({});
  });
});
