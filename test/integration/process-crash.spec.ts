import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type DatabaseFile, openDatabase } from '../support/database-file.js';
import type { Answer } from '../support/http-client.js';
import { startProcess, type VpmsProcess } from '../support/processes.js';

const ROUNDS = 4;
const DRIVERS = 40;
/** Fewer than drivers, so that there are refusals too. */
const SPOTS = 35;

/** What the drivers were told: only these answers bind the program. */
interface Acknowledged {
  readonly booked: Set<number>;
  readonly released: Map<number, number>;
}

it('loses nothing that it acknowledged, however often it is killed', async () => {
  const acknowledged: Acknowledged = { booked: new Set(), released: new Map() };
  let vpms = await startProcess();
  onTestFinished(() => vpms[Symbol.asyncDispose]());
  await createLot(vpms);
  const tokens = await Promise.all(Array.from({ length: DRIVERS }, (_, n) => register(vpms, n)));
  for (let round = 1; round <= ROUNDS; round += 1) {
    const before = acknowledged.booked.size;
    const drivers = tokens.map((token) => driveUntilItDies(vpms, token, acknowledged));
    const booked = () => acknowledged.booked.size;
    await expect.poll(booked, { timeout: 30_000 }).toBeGreaterThan(before + 100);
    await sleep(Math.random() * 200);
    await vpms.stop('SIGKILL');
    await Promise.all(drivers);
    vpms = await startProcess({ dataDirectory: vpms.dataDirectory });
    using database = openDatabase(vpms.dataDirectory);
    expectKept(database, acknowledged);
    expectConsistent(database);
  }
  expect(acknowledged.released.size).toBeGreaterThan(100);
}, 120_000);

async function createLot({ http }: VpmsProcess): Promise<void> {
  const { token } = (
    await http.post('/api/admin/login', { body: { username: 'admin', password: 'admin123' } })
  ).body;
  const body = {
    prime_location_name: 'Central',
    address: '1 Main Street',
    pin_code: '110001',
    price: 12.5,
    number_of_spots: SPOTS,
  };
  expect((await http.post('/api/admin/parking-lots', { token, body })).status).toBe(201);
}

async function register({ http }: VpmsProcess, number: number): Promise<string> {
  const username = `driver${number}`;
  const body = { username, email: `${username}@example.com`, password: 'test123' };
  await http.post('/api/user/register', { body });
  return (await http.post('/api/user/login', { body: { username, password: 'test123' } })).body
    .token;
}

/** Books and releases without a pause, from whatever state the driver was left in. */
async function driveUntilItDies(
  { http }: VpmsProcess,
  token: string,
  { booked, released }: Acknowledged,
): Promise<void> {
  try {
    let parked = (await http.get('/api/user/active-booking', { token })).body?.id;
    for (;;) {
      if (parked === undefined) {
        const answer = await http.post('/api/user/book-parking', { token, body: { lot_id: 1 } });
        if (answer.status === 409) {
          await sleep(20);
          continue;
        }
        demand(answer, 201);
        parked = answer.body.id;
        booked.add(parked);
      } else {
        const answer = await http.post(`/api/user/bookings/${parked}/release`, { token });
        demand(answer, 200);
        released.set(parked, answer.body.cost);
        parked = undefined;
      }
    }
  } catch (error) {
    // The program is dead: fetch says so with a TypeError.
    if (!(error instanceof TypeError)) throw error;
  }
}

function demand({ status, text }: Answer, expected: number): void {
  if (status !== expected) throw new Error(`${status} instead of ${expected}: ${text}`);
}

function expectKept(database: DatabaseFile, { booked, released }: Acknowledged): void {
  const rows = database.all<{ id: number; cost: number | null }>(
    'SELECT id, cost FROM reservations',
  );
  const costs = new Map(rows.map(({ id, cost }) => [id, cost]));
  expect([...booked].filter((id) => !costs.has(id))).toEqual([]);
  const wrong = [...released].filter(([id, cost]) => costs.get(id) !== cost * 100);
  expect(wrong).toEqual([]);
}

function expectConsistent(database: DatabaseFile): void {
  expect(database.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(database.all('PRAGMA foreign_key_check')).toEqual([]);
  const occupied = database.count('spots', "status = 'O'");
  expect(database.count('reservations', 'left_at IS NULL')).toBe(occupied);
  const torn = `(status = 'O') <> EXISTS
    (SELECT 1 FROM reservations WHERE spot_id = spots.id AND left_at IS NULL)`;
  expect(database.count('spots', torn)).toBe(0);
  const miscounted = `bookings <> (SELECT COUNT(*) FROM reservations r WHERE r.user_id = driver_totals.user_id)
    OR spent <> (SELECT COALESCE(SUM(cost), 0) FROM reservations r WHERE r.user_id = driver_totals.user_id)`;
  expect(database.count('driver_totals', miscounted)).toBe(0);
}
