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
/** Index of the first lot with a gate. The mixed load books only in the lots before it. */
const FIRST_LOT = 20;
/** Number of cars per camera. They enter one after another, and then leave in the same order. */
const CARS = 20;

/**
 * Length of the warm-up, as a multiple of the measuring time. The first requests of a process take seconds,
 * and the cameras must have caught up with their schedule when the measurement begins.
 */
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
 * Each camera reports its events at fixed times, which do not depend on the responses. The duration of a
 * request is measured from its fixed time, so it includes the time that the camera waits for the previous
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

/** Reports an exit of every car, so that the bookings of cars that are still parked are released. */
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

/** Adds one vehicle for each car, to drivers who send no requests in this scenario. Returns the plates. */
async function listVehicles({ city, database }: ScenarioContext): Promise<string[]> {
  const drivers: readonly LoggedInAccount[] = racersOf(city).slice(0, CAMERAS * CARS);
  const values = drivers.map(({ id }) => `(${id}, 'BENCH ${id}', 'bench${id}', 1, 0, 0)`);
  await database.query(`
    INSERT INTO vehicles (user_id, plate, plate_key, opens_gates, created_at, updated_at)
    VALUES ${values.join(', ')} ON CONFLICT DO NOTHING RETURNING id`);
  return drivers.map(({ id }) => `BENCH ${id}`);
}

/** Creates a gate for entries and exits for each camera. Returns the keys of the gates. */
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
