import type { City, Member } from '../database/city.js';
import type { Call, Connection } from '../driver/connection.js';
import { expectStatus, objectOf } from '../driver/load.js';
import { pick } from '../scenarios/groups.js';
import { book, release } from '../scenarios/parking.js';

/** What must hold when there is a thousand times as much. */
export type Bound =
  | { readonly kind: 'growth'; readonly factor: number }
  | { readonly kind: 'milliseconds'; readonly most: number };

export interface Operation {
  readonly title: string;
  readonly bound: Bound;
  /** Does it once, the n-th time, and answers the milliseconds that count. @throws WrongAnswer */
  readonly once: (connection: Connection, city: City, n: number) => Promise<number>;
}

const GROWTH: Bound = { kind: 'growth', factor: 2 };
const UNCACHED: Bound = { kind: 'milliseconds', most: 100 };

/** Far from each other, so that nothing of the one before is at hand for the next one. */
const STRIDE = 7_919;

const asDriver =
  (path: string) =>
  ({ drivers }: City, n: number): Call => ({ method: 'GET', path, token: some(drivers, n).token });

const asAdmin =
  (path: string) =>
  ({ admin }: City): Call => ({ method: 'GET', path, token: admin.token });

export const OPERATIONS: readonly Operation[] = [
  { title: 'book', bound: GROWTH, once: (...it) => bookAndRelease(...it).then(([book]) => book) },
  {
    title: 'release',
    bound: GROWTH,
    once: (...it) => bookAndRelease(...it).then(([, release]) => release),
  },
  read('active booking', GROWTH, ({ parked }, n) => ({
    method: 'GET',
    path: '/api/user/active-booking',
    token: some(parked, n).token,
  })),
  read('my bookings: 20', GROWTH, asDriver('/api/user/bookings?limit=20')),
  read('my bookings: all 125', GROWTH, asDriver('/api/user/bookings')),
  read('available lots: 1', GROWTH, asDriver('/api/user/parking-lots/available?limit=1')),
  read('available lots: up to 500', GROWTH, asDriver('/api/user/parking-lots/available')),
  // Of up to 500 times as many lots: what is demanded is what is of all lists that are computed.
  afterWrite('available lots, not cached', UNCACHED, asDriver('/api/user/parking-lots/available')),
  afterWrite('my figures, not cached', UNCACHED, asDriver('/api/user/stats')),
  afterWrite('admin stats, not cached', UNCACHED, asAdmin('/api/admin/stats')),
  read('users: 500', UNCACHED, asAdmin('/api/admin/users')),
  read('users: search', UNCACHED, asAdmin('/api/admin/users?search=77777')),
  read('recent activity: 100', UNCACHED, asAdmin('/api/admin/recent-activity?limit=100')),
  read('admin lots: up to 500', UNCACHED, asAdmin('/api/admin/parking-lots')),
  read('spots of a lot: 500', UNCACHED, ({ admin, lots }, n) => ({
    method: 'GET',
    path: `/api/admin/parking-lots/${some(lots, n)}/spots`,
    token: admin.token,
  })),
];

function some<T>(list: readonly T[], n: number): T {
  return pick(list, n * STRIDE);
}

function read(title: string, bound: Bound, call: (city: City, n: number) => Call): Operation {
  return { title, bound, once: (connection, city, n) => timed(connection, call(city, n), 200) };
}

/** A booking in between, which is not timed, sees to it that the answer is computed anew. */
function afterWrite(title: string, bound: Bound, call: (city: City, n: number) => Call): Operation {
  const once: Operation['once'] = async (connection, city, n) => {
    await bookAndRelease(connection, city, n);
    return timed(connection, call(city, n), 200);
  };
  return { title, bound, once };
}

async function timed(connection: Connection, call: Call, status: number): Promise<number> {
  const begin = performance.now();
  const answer = await connection.send(call);
  const milliseconds = performance.now() - begin;
  expectStatus(answer, status);
  return milliseconds;
}

/** How long each of the two took. */
async function bookAndRelease(
  connection: Connection,
  { drivers, lots }: City,
  n: number,
): Promise<[book: number, release: number]> {
  const driver: Member = some(drivers, n);
  const begin = performance.now();
  const booked = await book(connection, driver, some(lots, n));
  const middle = performance.now();
  expectStatus(booked, 201);
  const id = Number(objectOf(booked)['id']);
  const again = performance.now();
  const released = await release(connection, driver, id);
  const end = performance.now();
  expectStatus(released, 200);
  return [middle - begin, end - again];
}
