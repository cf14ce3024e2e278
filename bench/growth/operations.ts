import type { City, LoggedInAccount } from '../database/city.js';
import type { HttpRequest, Connection } from '../client/connection.js';
import { expectStatus, objectOf } from '../client/load.js';
import { pick } from '../scenarios/groups.js';
import { book, release } from '../scenarios/parking.js';

/** The requirement for the largest size. */
export type Bound =
  | { readonly kind: 'growth'; readonly factor: number }
  | { readonly kind: 'milliseconds'; readonly most: number };

export interface Operation {
  readonly title: string;
  readonly bound: Bound;
  /** Runs the n-th iteration and returns the measured milliseconds. @throws WrongResponse */
  readonly run: (connection: Connection, city: City, n: number) => Promise<number>;
}

const GROWTH: Bound = { kind: 'growth', factor: 2 };
const UNCACHED: Bound = { kind: 'milliseconds', most: 100 };

/** Distance between consecutive drivers and lots, so that a request does not warm a cache for the next one. */
const STRIDE = 7_919;

const asDriver =
  (path: string) =>
  ({ drivers }: City, n: number): HttpRequest => ({
    method: 'GET',
    path,
    token: pickSpread(drivers, n).token,
  });

const asAdmin =
  (path: string) =>
  ({ admin }: City): HttpRequest => ({ method: 'GET', path, token: admin.token });

/** The current month, including the current hour. */
const ANALYTICS = `/api/admin/analytics?from=${firstOfMonth(0)}&until=${firstOfMonth(1)}`;

function firstOfMonth(months: number): string {
  const now = new Date();
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1);
  return new Date(first).toISOString().slice(0, 10);
}

export const OPERATIONS: readonly Operation[] = [
  { title: 'book', bound: GROWTH, run: (...it) => bookAndRelease(...it).then(([book]) => book) },
  {
    title: 'release',
    bound: GROWTH,
    run: (...it) => bookAndRelease(...it).then(([, release]) => release),
  },
  read('active booking', GROWTH, ({ parked }, n) => ({
    method: 'GET',
    path: '/api/user/active-booking',
    token: pickSpread(parked, n).token,
  })),
  read('my bookings: 20', GROWTH, asDriver('/api/user/bookings?limit=20')),
  read('my bookings: all 125', GROWTH, asDriver('/api/user/bookings')),
  read('available lots: 1', GROWTH, asDriver('/api/user/parking-lots/available?limit=1')),
  read('available lots: up to 500', GROWTH, asDriver('/api/user/parking-lots/available')),
  // The response has one lot at size 1 and up to 500 lots at the largest size, so the bound is in
  // milliseconds, as for other lists that are not cached.
  afterWrite('available lots, not cached', UNCACHED, asDriver('/api/user/parking-lots/available')),
  afterWrite('my statistics, not cached', UNCACHED, asDriver('/api/user/stats')),
  afterWrite('admin stats, not cached', UNCACHED, asAdmin('/api/admin/stats')),
  read('users: 500', UNCACHED, asAdmin('/api/admin/users')),
  read('users: search', UNCACHED, asAdmin('/api/admin/users?search=77777')),
  read('recent activity: 100', UNCACHED, asAdmin('/api/admin/recent-activity?limit=100')),
  read('admin lots: up to 500', GROWTH, asAdmin('/api/admin/parking-lots')),
  afterWrite('admin lots, not cached', UNCACHED, asAdmin('/api/admin/parking-lots')),
  read('spots of a lot: 500', UNCACHED, ({ admin, lots }, n) => ({
    method: 'GET',
    path: `/api/admin/parking-lots/${pickSpread(lots, n)}/spots`,
    token: admin.token,
  })),
  {
    title: 'analytics: a month of all lots, in pages of 500',
    bound: UNCACHED,
    run: (connection, city) => readAllPages(connection, city, `${ANALYTICS}&by=month`),
  },
  {
    title: 'analytics: days of a month of a lot',
    bound: UNCACHED,
    run: (connection, { admin, lots }, n) =>
      timed(
        connection,
        {
          method: 'GET',
          path: `${ANALYTICS}&by=day&lot_id=${pickSpread(lots, n)}`,
          token: admin.token,
        },
        200,
      ),
  },
];

/** Waits until all past hours are summed. */
export async function waitForAnalytics(connection: Connection, { admin }: City): Promise<void> {
  const call: HttpRequest = { method: 'GET', path: `${ANALYTICS}&limit=1`, token: admin.token };
  for (;;) {
    const { status } = await connection.send(call);
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Returns the total duration of the requests for all pages, in milliseconds. */
async function readAllPages(
  connection: Connection,
  { admin }: City,
  path: string,
): Promise<number> {
  let milliseconds = 0;
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const begin = performance.now();
    const call: HttpRequest = { method: 'GET', path: `${path}${cursor}`, token: admin.token };
    const response = await connection.send(call);
    milliseconds += performance.now() - begin;
    expectStatus(response, 200);
    const rows = JSON.parse(response.body.toString()) as { lot_id: number; from: string }[];
    const last = rows.at(-1);
    const key = last && `${last.lot_id}.${Date.parse(last.from)}`;
    cursor =
      rows.length < 500 || !key ? undefined : `&cursor=${Buffer.from(key).toString('base64url')}`;
  }
  return milliseconds;
}

function pickSpread<T>(list: readonly T[], n: number): T {
  return pick(list, n * STRIDE);
}

function read(
  title: string,
  bound: Bound,
  call: (city: City, n: number) => HttpRequest,
): Operation {
  return { title, bound, run: (connection, city, n) => timed(connection, call(city, n), 200) };
}

/** Before each request, books and releases to invalidate the cached value; only the request is timed. */
function afterWrite(
  title: string,
  bound: Bound,
  call: (city: City, n: number) => HttpRequest,
): Operation {
  const run: Operation['run'] = async (connection, city, n) => {
    await bookAndRelease(connection, city, n);
    return timed(connection, call(city, n), 200);
  };
  return { title, bound, run };
}

async function timed(connection: Connection, call: HttpRequest, status: number): Promise<number> {
  const begin = performance.now();
  const response = await connection.send(call);
  const milliseconds = performance.now() - begin;
  expectStatus(response, status);
  return milliseconds;
}

/** Returns the durations of both requests, in milliseconds. */
async function bookAndRelease(
  connection: Connection,
  { drivers, lots }: City,
  n: number,
): Promise<[book: number, release: number]> {
  const driver: LoggedInAccount = pickSpread(drivers, n);
  const begin = performance.now();
  const booked = await book(connection, driver, pickSpread(lots, n));
  const middle = performance.now();
  expectStatus(booked, 201);
  const id = Number(objectOf(booked)['id']);
  const again = performance.now();
  const released = await release(connection, driver, id);
  const end = performance.now();
  expectStatus(released, 200);
  return [middle - begin, end - again];
}
