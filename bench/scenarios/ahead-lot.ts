import { Connection, type HttpResponse } from '../client/connection.js';
import { expectStatus, expectThat, objectOf } from '../client/load.js';
import type { BenchDatabase } from '../database/bench-database.js';
import type { LoggedInAccount } from '../database/city.js';
import { pick } from './groups.js';
import type { ScenarioContext } from './scenario.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SPOTS = 500;
export const FUTURE_BOOKINGS = 5_000;
/** A booking begins every five minutes, on one spot after another. */
const STEP = 5 * MINUTE;

/** A lot of 500 spots with 5,000 bookings, which begin between the instants `from` and `until` (in ms). */
export interface AheadLot {
  readonly id: number;
  readonly from: number;
  readonly until: number;
  readonly firstSpot: number;
  readonly firstBooking: number;
}

export interface Window {
  readonly from: number;
  readonly until: number;
}

/**
 * Creates the lot and its bookings, of which the first begins `days` days after the next midnight UTC. The
 * bookings on one spot belong to one driver, with a pause of `pauseSteps` times five minutes between them.
 * If `pauseSteps` is 1, exactly one spot is free at any moment, every five minutes a different one.
 * @throws WrongResponse
 */
export async function createAheadLot(
  { server, city, database }: Pick<ScenarioContext, 'server' | 'city' | 'database'>,
  { pauseSteps, days }: { readonly pauseSteps: number; readonly days: number },
): Promise<AheadLot> {
  const connection = new Connection(server.origin);
  const { token } = city.admin;
  const place = { prime_location_name: 'Airport', address: '1 Airport Road', pin_code: '110037' };
  const body = { ...place, price: 40, number_of_spots: SPOTS };
  const lot = await connection.send({
    method: 'POST',
    path: '/api/admin/parking-lots',
    token,
    body,
  });
  expectStatus(lot, 201);
  const id = Number(objectOf(lot)['id']);
  const path = `/api/admin/parking-lots/${id}/policy`;
  const policy = await connection.send({ method: 'GET', path, token });
  expectStatus(policy, 200);
  const long = { ...objectOf(policy), horizon_days: 365, max_minutes: 525_600 };
  expectStatus(await connection.send({ method: 'PUT', path, token, body: long }), 200);
  await connection.close();

  const from = Math.ceil(Date.now() / DAY) * DAY + days * DAY;
  const length = (SPOTS - pauseSteps) * STEP;
  const starts = `${from} + n * ${STEP}`;
  const [first] = city.parked;
  const rows = await database.query<{ id: number; spot: number }>(`
    WITH RECURSIVE step (n) AS (
      SELECT CAST(0 AS bigint) UNION ALL SELECT n + 1 FROM step WHERE n < ${FUTURE_BOOKINGS - 1})
    INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at, cost,
      reserved_from, reserved_until, claim_from, claim_until, lapses_at, due_at, price_per_hour,
      created_at, updated_at)
    SELECT first.spot + n % ${SPOTS}, ${id}, ${first?.id ?? 0} + n % ${SPOTS}, 'reserved', start,
      start + ${length}, 0, start, start + ${length}, start, start + ${length},
      start + ${30 * MINUTE}, start + ${30 * MINUTE}, 4000, 0, 0
    FROM (SELECT n, ${starts} AS start FROM step) AS booking,
      (SELECT MIN(id) AS spot FROM spots WHERE lot_id = ${id}) AS first
    RETURNING id, spot_id AS spot`);
  expectThat(rows.length === FUTURE_BOOKINGS, `${rows.length} bookings`, lot);
  return {
    id,
    from,
    until: from + FUTURE_BOOKINGS * STEP,
    firstSpot: Math.min(...rows.map(({ spot }) => spot)),
    firstBooking: Math.min(...rows.map((row) => row.id)),
  };
}

/** Moves the lot's bookings back to the spots on which they were created. Returns how many had moved. */
export async function moveBack(
  database: Pick<BenchDatabase, 'query'>,
  { id, firstSpot, firstBooking }: AheadLot,
): Promise<number> {
  const spot = `${firstSpot} + (id - ${firstBooking}) % ${SPOTS}`;
  const moved = await database.query(`
    UPDATE reservations SET claim_from = NULL, claim_until = NULL
    WHERE lot_id = ${id} AND status = 'reserved' AND spot_id <> ${spot} RETURNING id`);
  await database.query(`
    UPDATE reservations
    SET spot_id = ${spot}, claim_from = reserved_from, claim_until = reserved_until
    WHERE lot_id = ${id} AND status = 'reserved' AND claim_from IS NULL`);
  return moved.length;
}

/** Reserves a spot for the window. */
export function reserve(
  connection: Connection,
  { token }: LoggedInAccount,
  { lot, from, until }: Window & { readonly lot: AheadLot },
): Promise<HttpResponse> {
  const body = {
    lot_id: lot.id,
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
  };
  return connection.send({ method: 'POST', path: '/api/user/bookings', token, body });
}

/**
 * Returns a window of an hour between the lot's `from` and `until`, for one driver after another. The
 * windows of a driver never overlap.
 */
export function nextWindow(
  lot: AheadLot,
  drivers: readonly LoggedInAccount[],
  count: number,
): Window & { readonly driver: LoggedInAccount } {
  const hours = Math.floor((lot.until - lot.from) / (60 * MINUTE));
  const round = Math.floor(count / drivers.length);
  const from = lot.from + (((count % drivers.length) * 7 + round) % hours) * 60 * MINUTE;
  return { driver: pick(drivers, count), from, until: from + 60 * MINUTE };
}
