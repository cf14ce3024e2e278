import type { City, LoggedInAccount } from '../database/city.js';
import type { HttpResponse, Connection } from '../client/connection.js';
import { expectStatus, expectThat, Load, objectOf } from '../client/load.js';
import { parkerOf, pick } from './groups.js';
import { CONNECTIONS } from './scenario.js';

/** Number of lots in which the load books; gates and the race use other lots. */
const LOTS = 20;

/** Counts acknowledged bookings; all of them must be in the database. */
export class Tally {
  booked = 0;
  /** The last responses to a booking and to a release. */
  sample: readonly unknown[] = [];
}

/** Drivers who book and release in one lot after another. */
export function parkingLoad(origin: string, city: City, tally: Tally): Load {
  const rounds = Array.from({ length: CONNECTIONS }, () => 0);
  return new Load(origin, CONNECTIONS, async (connection, driver) => {
    const round = (rounds[driver] ?? 0) + 1;
    rounds[driver] = round;
    const lotId = pick(city.lots.slice(0, LOTS), driver + round);
    await bookAndRelease(connection, parkerOf(city, driver), { lotId, tally });
  });
}

/** @throws WrongResponse */
export async function bookAndRelease(
  connection: Connection,
  member: LoggedInAccount,
  { lotId, tally }: { readonly lotId: number; readonly tally: Tally },
): Promise<void> {
  const booked = await book(connection, member, lotId);
  expectStatus(booked, 201);
  tally.booked += 1;
  const booking = objectOf(booked);
  const isTheirs = booking['user_id'] === member.id && booking['lot_id'] === lotId;
  expectThat(isTheirs && booking['status'] === 'active', 'not the booking of this driver', booked);
  const released = await release(connection, member, Number(booking['id']));
  expectStatus(released, 200);
  const completed = objectOf(released);
  // Each stay is shorter than an hour, and an hour costs 40.
  expectThat(
    completed['id'] === booking['id'] && completed['cost'] === 40,
    'wrong release',
    released,
  );
  tally.sample = [booking, completed];
}

export function book(
  connection: Connection,
  { token }: LoggedInAccount,
  lotId: number,
): Promise<HttpResponse> {
  const body = { lot_id: lotId, vehicle_number: 'DL 01 AB 1234' };
  return connection.send({ method: 'POST', path: '/api/user/book-parking', token, body });
}

export function release(
  connection: Connection,
  { token }: LoggedInAccount,
  id: number,
): Promise<HttpResponse> {
  return connection.send({ method: 'POST', path: `/api/user/bookings/${id}/release`, token });
}
