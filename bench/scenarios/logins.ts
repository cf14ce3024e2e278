import { PASSWORD } from '../database/city.js';
import { expectStatus, expectThat, Load, objectOf } from '../driver/load.js';
import { measure } from '../driver/meter.js';
import { readerOf } from './groups.js';
import { parkingLoad, Tally } from './parking.js';
import type { Scenario } from './scenario.js';

/** Drivers who log in again and again: more than any machine's cores hash at once. */
const LOGINS = 8;

/** Hashing a password takes a core for tens of milliseconds; it must not take it from bookings. */
export const logins: Scenario = {
  name: 'logins',
  title: 'logins beside bookings',
  subjects: ['vpms', 'bare'],
  async run({ server, city, window }) {
    const tally = new Tally();
    const alone = parkingLoad(server.origin, city, tally);
    const before = await measure(server, { 'bookings alone': alone }, window);
    const beside = parkingLoad(server.origin, city, tally);
    const load = new Load(server.origin, LOGINS, async (connection, driver) => {
      const { username } = readerOf(city, driver);
      const body = { username, password: PASSWORD };
      const answer = await connection.send({ method: 'POST', path: '/api/user/login', body });
      expectStatus(answer, 200);
      const { token, expires_in: lifetime } = objectOf(answer);
      expectThat(typeof token === 'string' && lifetime === 86_400, 'it is no token', answer);
    });
    const during = await measure(
      server,
      { 'bookings beside logins': beside, logins: load },
      window,
    );
    return {
      measurements: { ...before, ...during },
      faults: [...alone.faults, ...beside.faults, ...load.faults],
      booked: tally.booked,
    };
  },
};
