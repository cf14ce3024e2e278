import { Connection } from '../client/connection.js';
import { expectStatus, expectThat, Load, objectOf, WrongResponse } from '../client/load.js';
import { measure, Meter, type Measurement } from '../client/meter.js';
import { Recorder } from '../client/recorder.js';
import { createAheadLot, FUTURE_BOOKINGS, moveBack, nextWindow, reserve } from './ahead-lot.js';
import { pick } from './groups.js';
import { CONNECTIONS, type Scenario, type ScenarioContext } from './scenario.js';

/**
 * The bookings of SPARSE last 4 hours. Those of DENSE last almost 42 hours and are on later days, so that a
 * driver's bookings in the two lots do not overlap.
 */
const SPARSE = { pauseSteps: 452, days: 1 };
const DENSE = { pauseSteps: 1, days: 30 };

/**
 * Concurrent reservations of an hour in a lot of 500 spots with 5,000 bookings ahead. Then, one request at a
 * time, reservations in a lot in which each of them moves almost all of the 5,000 bookings.
 */
export const bookAhead: Scenario = {
  name: 'book-ahead',
  title: 'book ahead',
  subjects: ['vpms'],
  async run(stage) {
    const tally = { booked: 2 * FUTURE_BOOKINGS };
    const errors: string[] = [];
    const booked = await measureBookings(stage, tally, errors);
    const moved = await measureMoves(stage, tally);
    return {
      measurements: { ...booked, [`book ahead, moving ${FUTURE_BOOKINGS}`]: moved },
      errors,
      booked: tally.booked,
    };
  },
};

interface BookingTally {
  /** Number of bookings that the scenario has added to the database. */
  booked: number;
}

async function measureBookings(
  stage: ScenarioContext,
  tally: BookingTally,
  errors: string[],
): Promise<Record<string, Measurement>> {
  const { server, city, window } = stage;
  const lot = await createAheadLot(stage, SPARSE);
  let count = 0;
  const load = new Load(server.origin, CONNECTIONS, async (connection) => {
    const { driver, ...hour } = nextWindow(lot, city.drivers, count);
    count += 1;
    const response = await reserve(connection, driver, { lot, ...hour });
    expectStatus(response, 201);
    tally.booked += 1;
    const { user_id: userId, status } = objectOf(response);
    expectThat(userId === driver.id && status === 'reserved', 'not the reservation', response);
  });
  const measurements = await measure(server, { 'book ahead': load }, window);
  errors.push(...load.errors);
  return measurements;
}

async function measureMoves(stage: ScenarioContext, tally: BookingTally): Promise<Measurement> {
  const { server, city, window, database } = stage;
  const lot = await createAheadLot(stage, DENSE);
  // A driver who has none of the bookings in either lot.
  const driver = pick(city.parked, city.parked.length - 1);
  const recorder = new Recorder();
  const meter = new Meter(server, [recorder]);
  const connection = new Connection(server.origin, recorder.record);
  const end = performance.now() + window.seconds * 1_000;
  do {
    let id = 0;
    await meter.during(async () => {
      const response = await reserve(connection, driver, { ...lot, lot });
      expectStatus(response, 201);
      id = Number(objectOf(response)['id']);
    });
    tally.booked += 1;
    const path = `/api/user/bookings/${id}/cancel`;
    expectStatus(await connection.send({ method: 'POST', path, token: driver.token }), 200);
    const moved = await moveBack(database, lot);
    if (moved < FUTURE_BOOKINGS * 0.99) throw new WrongResponse(`only ${moved} bookings moved`);
  } while (performance.now() < end);
  await connection.close();
  return meter.result(recorder);
}
