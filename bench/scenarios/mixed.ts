import type { Connection } from '../driver/connection.js';
import { expectStatus, expectThat, Load, objectOf } from '../driver/load.js';
import { measure } from '../driver/meter.js';
import type { City } from '../database/city.js';
import { parkerOf, pick, readerOf } from './groups.js';
import { parkAndLeave, Tally } from './parking.js';
import { CONNECTIONS, type Scenario } from './scenario.js';

/** Of twenty visits, fourteen look for a lot, three at their bookings, three book and release. */
const VISITS = [...'LLBLLPLLLBLLPLLLBLLP'] as const;
/** Answers that are looked into: one in so many, so that the driver stays light. */
const LOOK_AT_EVERY = 50;

export const mixed: Scenario = {
  name: 'mixed',
  title: 'mixed',
  subjects: ['vpms', 'bare', 'bare groups'],
  async run({ server, city, window }) {
    const tally = new Tally();
    let visits = 0;
    const load = new Load(server.origin, CONNECTIONS, async (connection, driver) => {
      visits += 1;
      const kind = pick(VISITS, visits);
      const lotId = pick(city.lots.slice(0, 20), visits);
      if (kind === 'P') return parkAndLeave(connection, parkerOf(city, driver), { lotId, tally });
      const isLookedAt = visits % LOOK_AT_EVERY === 0;
      return kind === 'L'
        ? lookForLots(connection, city, { driver, isLookedAt })
        : lookBack(connection, city, { driver, isLookedAt });
    });
    const measurements = await measure(server, { mixed: load }, window);
    return { measurements, faults: load.faults, booked: tally.booked };
  },
};

interface Look {
  readonly driver: number;
  readonly isLookedAt: boolean;
}

async function lookForLots(connection: Connection, city: City, look: Look): Promise<void> {
  const { token } = readerOf(city, look.driver);
  const path = '/api/user/parking-lots/available';
  const answer = await connection.send({ method: 'GET', path, token });
  expectStatus(answer, 200);
  if (!look.isLookedAt) return;
  const lots = objectOf(answer);
  const isWhole = Array.isArray(lots) && lots.length === city.size.lots && lots.every(isConsistent);
  expectThat(isWhole, 'it is not the list of lots', answer);
}

function isConsistent(lot: unknown): boolean {
  const { available_spots, occupied_spots, number_of_spots } = lot as Record<string, number>;
  return Number(available_spots) + Number(occupied_spots) === number_of_spots;
}

async function lookBack(connection: Connection, city: City, look: Look): Promise<void> {
  const { id, token } = readerOf(city, look.driver);
  const answer = await connection.send({ method: 'GET', path: '/api/user/bookings', token });
  expectStatus(answer, 200);
  if (!look.isLookedAt) return;
  const bookings = objectOf(answer);
  const isTheirs =
    Array.isArray(bookings) &&
    bookings.length === city.size.bookingsPerDriver &&
    bookings.every((booking: Record<string, unknown>) => booking['user_id'] === id);
  expectThat(isTheirs, 'it is not the history of the driver', answer);
}
