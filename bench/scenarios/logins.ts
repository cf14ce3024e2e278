import { PASSWORD } from '../database/city.js';
import { expectStatus, expectThat, Load, objectOf } from '../client/load.js';
import { measure } from '../client/meter.js';
import { readerOf } from './groups.js';
import { parkingLoad, Tally } from './parking.js';
import type { Scenario } from './scenario.js';

/** Concurrent logins; more than the cores of a typical machine can hash in parallel. */
const LOGINS = 8;

/** Hashing a password uses a core for tens of milliseconds. It must not slow down bookings. */
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
      const response = await connection.send({ method: 'POST', path: '/api/user/login', body });
      expectStatus(response, 200);
      const { token, expires_in: lifetime } = objectOf(response);
      expectThat(typeof token === 'string' && lifetime === 86_400, 'no valid token', response);
    });
    const during = await measure(
      server,
      { 'bookings beside logins': beside, logins: load },
      window,
    );
    return {
      measurements: { ...before, ...during },
      errors: [...alone.errors, ...beside.errors, ...load.errors],
      booked: tally.booked,
    };
  },
};
