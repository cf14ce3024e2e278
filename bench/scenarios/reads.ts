import { Connection } from '../driver/connection.js';
import { expectStatus, expectThat, Load, objectOf, type Visit } from '../driver/load.js';
import { measure } from '../driver/meter.js';
import type { City } from '../database/city.js';
import { readerOf } from './groups.js';
import { CONNECTIONS, type Outcome, type Scenario, type Stage } from './scenario.js';

/** A list that every connection asks for again and again, while nobody writes. */
interface Read {
  readonly name: string;
  readonly title: string;
  readonly path: string;
  /** Whose token the connection uses. */
  readonly token: (city: City, driver: number) => string;
  /** How many items the answer has; null where it is no list. */
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

async function run(read: Read, { server, city, window }: Stage): Promise<Outcome> {
  const expected = await firstAnswers(read, server.origin, city);
  const visit: Visit = async (connection, driver) => {
    const answer = await connection.send({
      method: 'GET',
      path: read.path,
      token: read.token(city, driver),
    });
    expectStatus(answer, 200);
    const isSame = expected[driver]?.equals(answer.body) ?? false;
    expectThat(isSame, 'nobody wrote, and yet the answer is another one', answer);
  };
  const load = new Load(server.origin, CONNECTIONS, visit);
  const measurements = await measure(server, { [read.title]: load }, window);
  const sample: unknown = JSON.parse(String(expected[0]));
  return { measurements, faults: load.faults, booked: 0, sample };
}

/** What each driver's connection is to get every time. */
async function firstAnswers(read: Read, origin: string, city: City): Promise<Buffer[]> {
  const connection = new Connection(origin);
  const answers: Buffer[] = [];
  for (let driver = 0; driver < CONNECTIONS; driver += 1) {
    const token = read.token(city, driver);
    const answer = await connection.send({ method: 'GET', path: read.path, token });
    expectStatus(answer, 200);
    const items = read.items(city);
    const value = objectOf(answer);
    const isWhole = items === null || (Array.isArray(value) && value.length === items);
    expectThat(isWhole, `it is no list of ${items}`, answer);
    answers.push(answer.body);
  }
  await connection.close();
  return answers;
}
