import type { City, Member } from '../database/city.js';
import type { Answer, Connection } from '../driver/connection.js';
import { expectStatus, expectThat, Load, objectOf } from '../driver/load.js';
import { parkerOf, pick } from './groups.js';
import { CONNECTIONS } from './scenario.js';

/** The lots that drivers park in, but for the race. */
const LOTS = 20;

/** Counts the bookings that a server has answered 201 for: none of them may be missing. */
export class Tally {
  booked = 0;
  /** The last answers to a booking and to a release. */
  sample: readonly unknown[] = [];
}

/** Drivers who book and release, each from lot to lot. */
export function parkingLoad(origin: string, city: City, tally: Tally): Load {
  const rounds = Array.from({ length: CONNECTIONS }, () => 0);
  return new Load(origin, CONNECTIONS, async (connection, driver) => {
    const round = (rounds[driver] ?? 0) + 1;
    rounds[driver] = round;
    const lotId = pick(city.lots.slice(0, LOTS), driver + round);
    await parkAndLeave(connection, parkerOf(city, driver), { lotId, tally });
  });
}

/** @throws WrongAnswer */
export async function parkAndLeave(
  connection: Connection,
  member: Member,
  { lotId, tally }: { readonly lotId: number; readonly tally: Tally },
): Promise<void> {
  const booked = await book(connection, member, lotId);
  expectStatus(booked, 201);
  tally.booked += 1;
  const booking = objectOf(booked);
  const isTheirs = booking['user_id'] === member.id && booking['lot_id'] === lotId;
  expectThat(isTheirs && booking['status'] === 'active', 'it is not their booking', booked);
  const released = await release(connection, member, Number(booking['id']));
  expectStatus(released, 200);
  const end = objectOf(released);
  // Stays of less than an hour, at 40 an hour.
  expectThat(end['id'] === booking['id'] && end['cost'] === 40, 'it is the wrong end', released);
  tally.sample = [booking, end];
}

export function book(connection: Connection, { token }: Member, lotId: number): Promise<Answer> {
  const body = { lot_id: lotId, vehicle_number: 'DL 01 AB 1234' };
  return connection.send({ method: 'POST', path: '/api/user/book-parking', token, body });
}

export function release(connection: Connection, { token }: Member, id: number): Promise<Answer> {
  return connection.send({ method: 'POST', path: `/api/user/bookings/${id}/release`, token });
}
