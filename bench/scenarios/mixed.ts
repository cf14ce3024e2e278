import type { Connection } from '../client/connection.js';
import { expectStatus, expectThat, Load, objectOf } from '../client/load.js';
import { measure } from '../client/meter.js';
import type { City } from '../database/city.js';
import { parkerOf, pick, readerOf } from './groups.js';
import { bookAndRelease, Tally } from './parking.js';
import { CONNECTIONS, type Scenario } from './scenario.js';

/** L: read available lots (70 %), B: read own bookings (15 %), P: book and release (15 %). */
const REQUEST_MIX = [...'LLBLLPLLLBLLPLLLBLLP'] as const;
/** One of this many responses is parsed and checked, to keep the client's CPU use low. */
const CHECK_INTERVAL = 50;

export const mixed: Scenario = {
  name: 'mixed',
  title: 'mixed',
  subjects: ['vpms', 'bare', 'bare groups'],
  async run({ server, city, window }) {
    const tally = new Tally();
    const load = mixedLoad(server.origin, city, tally);
    const measurements = await measure(server, { mixed: load }, window);
    return { measurements, errors: load.errors, booked: tally.booked };
  },
};

/** Requests in the proportions of REQUEST_MIX. One driver per connection reads, another books and releases. */
export function mixedLoad(origin: string, city: City, tally: Tally): Load {
  let iterations = 0;
  return new Load(origin, CONNECTIONS, async (connection, driver) => {
    iterations += 1;
    const kind = pick(REQUEST_MIX, iterations);
    const lotId = pick(city.lots.slice(0, 20), iterations);
    if (kind === 'P') return bookAndRelease(connection, parkerOf(city, driver), { lotId, tally });
    const isChecked = iterations % CHECK_INTERVAL === 0;
    return kind === 'L'
      ? readAvailableLots(connection, city, { driver, isChecked })
      : readBookings(connection, city, { driver, isChecked });
  });
}

interface ReadOptions {
  readonly driver: number;
  readonly isChecked: boolean;
}

async function readAvailableLots(
  connection: Connection,
  city: City,
  options: ReadOptions,
): Promise<void> {
  const { token } = readerOf(city, options.driver);
  const path = '/api/user/parking-lots/available';
  const response = await connection.send({ method: 'GET', path, token });
  expectStatus(response, 200);
  if (!options.isChecked) return;
  const lots = objectOf(response);
  const isWhole = Array.isArray(lots) && lots.length === city.size.lots && lots.every(isConsistent);
  expectThat(isWhole, 'not the list of lots', response);
}

function isConsistent(lot: unknown): boolean {
  const { available_spots, occupied_spots, number_of_spots } = lot as Record<string, number>;
  return Number(available_spots) + Number(occupied_spots) === number_of_spots;
}

async function readBookings(
  connection: Connection,
  city: City,
  options: ReadOptions,
): Promise<void> {
  const { id, token } = readerOf(city, options.driver);
  const response = await connection.send({ method: 'GET', path: '/api/user/bookings', token });
  expectStatus(response, 200);
  if (!options.isChecked) return;
  const bookings = objectOf(response);
  const isTheirs =
    Array.isArray(bookings) &&
    bookings.length === city.size.bookingsPerDriver &&
    bookings.every((booking: Record<string, unknown>) => booking['user_id'] === id);
  expectThat(isTheirs, 'not the bookings of the driver', response);
}
