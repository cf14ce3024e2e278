import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../client/connection.js';
import { expectStatus, expectThat, Load, objectOf } from '../client/load.js';
import { measure } from '../client/meter.js';
import type { LoggedInAccount } from '../database/city.js';
import { pick, racersOf } from './groups.js';
import { mixedLoad } from './mixed.js';
import { Tally } from './parking.js';
import type { Scenario, ScenarioContext } from './scenario.js';

/** Cars at gates per second, and the connections that report them. */
const EVENTS_PER_SECOND = 50;
const CAMERAS = 10;
/** Lots after those of the mixed load, each with a gate for both directions. */
const FIRST_LOT = 20;
/** Cars of each camera, which enter one after another, and then leave in that order. */
const CARS = 20;

/** The first requests of a process take seconds; the cameras must have caught up with their schedule. */
const WARM_UP_WINDOWS = 2;

/** Cars at gates, beside the mixed load: 50 events per second must have a p99 below 25 ms. */
export const gates: Scenario = {
  name: 'gates',
  title: 'gates beside mixed',
  subjects: ['vpms'],
  async run(stage) {
    const { server, city, window } = stage;
    const tally = new Tally();
    const cars = await listVehicles(stage);
    const keys = await createGates(stage);
    const mixed = mixedLoad(server.origin, city, tally);
    const cameras = camerasLoad(stage, { cars, keys, tally });
    const loads = { 'gates beside mixed': cameras, 'mixed beside gates': mixed };
    const warmUp = WARM_UP_WINDOWS * window.seconds;
    const measurements = await measure(server, loads, { ...window, warmUp });
    await leaveAll(stage, cars, keys);
    return { measurements, errors: [...mixed.errors, ...cameras.errors], booked: tally.booked };
  },
};

/**
 * Each camera has fixed times at which it reports an event. They do not depend on the responses, and a
 * duration is measured from its fixed time: it includes the time that the camera waits for the previous
 * response.
 */
function camerasLoad(
  { server }: ScenarioContext,
  {
    cars,
    keys,
    tally,
  }: { readonly cars: readonly string[]; readonly keys: readonly string[]; readonly tally: Tally },
): Load {
  const begin = performance.now();
  const turns = Array.from({ length: CAMERAS }, () => 0);
  return new Load(server.origin, CAMERAS, async (connection, camera) => {
    const turn = (turns[camera] ?? 0) + 1;
    turns[camera] = turn;
    const due = begin + ((turn * CAMERAS + camera) * 1_000) / EVENTS_PER_SECOND;
    await sleep(Math.max(0, due - performance.now()));
    const isEntry = Math.floor((turn - 1) / CARS) % 2 === 0;
    const plate = pick(cars, camera * CARS + ((turn - 1) % CARS));
    const response = await connection.send({
      method: 'POST',
      path: `/api/gate/${isEntry ? 'entries' : 'exits'}`,
      token: pick(keys, camera),
      body: { event_id: `${camera}-${turn}`, plate },
      since: due,
    });
    expectStatus(response, 200);
    const reason = isEntry ? 'BOOKED' : 'RELEASED';
    expectThat(objectOf(response)['reason'] === reason, `not ${reason}`, response);
    if (isEntry) tally.booked += 1;
  });
}

/** Lets the cars leave that are still parked, so that each booking is released. */
async function leaveAll(
  { server }: ScenarioContext,
  cars: readonly string[],
  keys: readonly string[],
): Promise<void> {
  const connection = new Connection(server.origin);
  for (const [index, plate] of cars.entries()) {
    const response = await connection.send({
      method: 'POST',
      path: '/api/gate/exits',
      token: pick(keys, Math.floor(index / CARS)),
      body: { event_id: `last-${index}`, plate },
    });
    expectStatus(response, 200);
  }
  await connection.close();
}

/** Adds a vehicle to each driver who sends no requests in this scenario. Returns the plates. */
async function listVehicles({ city, database }: ScenarioContext): Promise<string[]> {
  const drivers: readonly LoggedInAccount[] = racersOf(city).slice(0, CAMERAS * CARS);
  const values = drivers.map(({ id }) => `(${id}, 'BENCH ${id}', 'bench${id}', 1, 0, 0)`);
  await database.query(`
    INSERT INTO vehicles (user_id, plate, plate_key, opens_gates, created_at, updated_at)
    VALUES ${values.join(', ')} ON CONFLICT DO NOTHING RETURNING id`);
  return drivers.map(({ id }) => `BENCH ${id}`);
}

/** A gate for each camera; returns the keys. */
async function createGates({ server, city }: ScenarioContext): Promise<string[]> {
  const connection = new Connection(server.origin);
  const keys: string[] = [];
  for (let camera = 0; camera < CAMERAS; camera += 1) {
    const lot_id = pick(city.lots, FIRST_LOT + camera);
    const response = await connection.send({
      method: 'POST',
      path: '/api/admin/gates',
      token: city.admin.token,
      body: { lot_id, name: `Camera ${camera}`, direction: 'both' },
    });
    expectStatus(response, 201);
    keys.push(String(objectOf(response)['key']));
  }
  await connection.close();
  return keys;
}
