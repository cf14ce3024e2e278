import { Connection } from '../client/connection.js';
import { expectStatus, objectOf, WrongResponse } from '../client/load.js';
import { Meter } from '../client/meter.js';
import { Recorder } from '../client/recorder.js';
import type { LoggedInAccount } from '../database/city.js';
import { RACE_SPOTS, RACERS, racersOf } from './groups.js';
import { book, release } from './parking.js';
import { CONNECTIONS, type Scenario } from './scenario.js';

interface Winner {
  readonly racer: LoggedInAccount;
  readonly bookingId: number;
}

/** Measures only the bookings; the winners' releases before the next race are not counted. */
export const race: Scenario = {
  name: 'race',
  title: `${RACERS} drivers race for ${RACE_SPOTS} spots`,
  subjects: ['vpms', 'bare', 'bare groups'],
  async run({ server, city, window }) {
    const lotId = city.lots.at(-1) ?? 0;
    const recorder = new Recorder();
    const meter = new Meter(server, [recorder]);
    const connections = Array.from(
      { length: CONNECTIONS },
      () => new Connection(server.origin, recorder.record),
    );
    const errors: string[] = [];
    let booked = 0;
    const end = performance.now() + window.seconds * 1_000;
    do {
      const winners: Winner[] = [];
      await meter.during(() =>
        onAllConnections(connections, racersOf(city), async (connection, racer) => {
          const response = await book(connection, racer, lotId);
          expectStatus(response, 201, 409);
          if (response.status === 409) return;
          winners.push({ racer, bookingId: Number(objectOf(response)['id']) });
        }).catch(collectWrongResponses(errors)),
      );
      booked += winners.length;
      if (winners.length !== RACE_SPOTS) errors.push(`${winners.length} drivers got a spot`);
      await onAllConnections(connections, winners, async (connection, { racer, bookingId }) => {
        expectStatus(await release(connection, racer, bookingId), 200);
      }).catch(collectWrongResponses(errors));
    } while (performance.now() < end && errors.length === 0);
    for (const connection of connections) await connection.close();
    return { measurements: { [race.title]: meter.result(recorder) }, errors, booked };
  },
};

/** Runs `work` for every item, concurrently on all connections and sequentially on each. */
async function onAllConnections<T>(
  connections: readonly Connection[],
  items: readonly T[],
  work: (connection: Connection, item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    connections.map(async (connection) => {
      for (const item of waiting) await work(connection, item);
    }),
  );
}

function collectWrongResponses(errors: string[]) {
  return (error: unknown): void => {
    if (!(error instanceof WrongResponse)) throw error;
    errors.push(error.message);
  };
}
