import { Connection } from '../client/connection.js';
import { expectStatus, expectThat, Load, objectOf, type Iteration } from '../client/load.js';
import { measure } from '../client/meter.js';
import type { City } from '../database/city.js';
import { readerOf } from './groups.js';
import {
  CONNECTIONS,
  type ScenarioResult,
  type Scenario,
  type ScenarioContext,
} from './scenario.js';

/** A request that every connection repeats, without concurrent writes. */
interface Read {
  readonly name: string;
  readonly title: string;
  readonly path: string;
  /** The token that the connection uses. */
  readonly token: (city: City, driver: number) => string;
  /** Number of items in the response; null if the response is not a list. */
  readonly items: (city: City) => number | null;
}

const READS: readonly Read[] = [
  {
    name: 'available-lots',
    title: 'available lots',
    path: '/api/user/parking-lots/available',
    token: (city, driver) => readerOf(city, driver).token,
    items: ({ size }) => size.lots,
  },
  {
    name: 'my-bookings',
    title: 'my bookings',
    path: '/api/user/bookings',
    token: (city, driver) => readerOf(city, driver).token,
    items: ({ size }) => size.bookingsPerDriver,
  },
  {
    name: 'admin-stats',
    title: 'admin stats',
    path: '/api/admin/stats',
    token: ({ admin }) => admin.token,
    items: () => null,
  },
  {
    name: 'admin-lots',
    title: 'admin lots',
    path: '/api/admin/parking-lots',
    token: ({ admin }) => admin.token,
    items: ({ size }) => size.lots,
  },
];

export const readScenarios: readonly Scenario[] = READS.map((read) => ({
  name: read.name,
  title: read.title,
  subjects: ['vpms', 'bare'],
  run: (stage) => run(read, stage),
}));

async function run(read: Read, { server, city, window }: ScenarioContext): Promise<ScenarioResult> {
  const expected = await readExpectedResponses(read, server.origin, city);
  const iteration: Iteration = async (connection, driver) => {
    const response = await connection.send({
      method: 'GET',
      path: read.path,
      token: read.token(city, driver),
    });
    expectStatus(response, 200);
    const isSame = expected[driver]?.equals(response.body) ?? false;
    expectThat(isSame, 'the response changed without a write', response);
  };
  const load = new Load(server.origin, CONNECTIONS, iteration);
  const measurements = await measure(server, { [read.title]: load }, window);
  const sample: unknown = JSON.parse(String(expected[0]));
  return { measurements, errors: load.errors, booked: 0, sample };
}

/** Returns the response that each driver must get every time. */
async function readExpectedResponses(read: Read, origin: string, city: City): Promise<Buffer[]> {
  const connection = new Connection(origin);
  const responses: Buffer[] = [];
  for (let driver = 0; driver < CONNECTIONS; driver += 1) {
    const token = read.token(city, driver);
    const response = await connection.send({ method: 'GET', path: read.path, token });
    expectStatus(response, 200);
    const items = read.items(city);
    const value = objectOf(response);
    const isWhole = items === null || (Array.isArray(value) && value.length === items);
    expectThat(isWhole, `not a list of ${items} items`, response);
    responses.push(response.body);
  }
  await connection.close();
  return responses;
}
