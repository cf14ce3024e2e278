import { Connection } from '../driver/connection.js';
import { expectStatus, objectOf, WrongAnswer } from '../driver/load.js';
import { Meter } from '../driver/meter.js';
import { Recorder } from '../driver/recorder.js';
import type { Member } from '../database/city.js';
import { RACE_SPOTS, RACERS, racersOf } from './groups.js';
import { book, release } from './parking.js';
import { CONNECTIONS, type Scenario } from './scenario.js';

interface Winner {
  readonly racer: Member;
  readonly bookingId: number;
}

/** Only the race counts; that the winners leave again before the next one does not. */
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
      () => new Connection(server.origin, recorder.hear),
    );
    const faults: string[] = [];
    let booked = 0;
    const end = performance.now() + window.seconds * 1_000;
    do {
      const winners: Winner[] = [];
      await meter.during(() =>
        together(connections, racersOf(city), async (connection, racer) => {
          const answer = await book(connection, racer, lotId);
          expectStatus(answer, 201, 409);
          if (answer.status === 409) return;
          winners.push({ racer, bookingId: Number(objectOf(answer)['id']) });
        }).catch(noteIn(faults)),
      );
      booked += winners.length;
      if (winners.length !== RACE_SPOTS) faults.push(`${winners.length} drivers got a spot`);
      await together(connections, winners, async (connection, { racer, bookingId }) => {
        expectStatus(await release(connection, racer, bookingId), 200);
      }).catch(noteIn(faults));
    } while (performance.now() < end && faults.length === 0);
    for (const connection of connections) await connection.close();
    return { measurements: { [race.title]: meter.result(recorder) }, faults, booked };
  },
};

/** Does the work for every item, on all connections at once; one after another on each. */
async function together<T>(
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

function noteIn(faults: string[]) {
  return (error: unknown): void => {
    if (!(error instanceof WrongAnswer)) throw error;
    faults.push(error.message);
  };
}
