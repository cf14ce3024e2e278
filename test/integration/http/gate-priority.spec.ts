import { Client } from 'undici';
import { expect, it } from 'vitest';
import { startTestApp } from '../../support/app/test-app.js';
import { createGate, createLot, createMember } from '../../support/data/factories.js';

const REQUESTS = 200;

it('an event at a gate gets its response before most of the requests that arrived earlier', async () => {
  await using vpms = await startTestApp();
  const driver = await createMember(vpms);
  await vpms.as(driver).addVehicle({ plate: 'FIRST 1' });
  const { id: lotId } = await createLot(vpms);
  const { key } = await createGate(vpms, { lotId });
  const clients = Array.from({ length: REQUESTS + 1 }, () => new Client(vpms.http.url));
  const finished: string[] = [];
  const send = async (client: Client, path: string, token: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const method = body ? 'POST' : 'GET';
    const options = { method, path, headers, body: body ? JSON.stringify(body) : null } as const;
    const response = await client.request(options);
    await response.body.dump();
    expect(response.statusCode).toBe(200);
    finished.push(path);
  };
  /** Sends the requests of the driver and then the event of the gate, without waiting for any response. */
  const sendAll = (eventId: string) =>
    Promise.all(
      clients.map((client, index) =>
        index < REQUESTS
          ? send(client, '/api/user/bookings', driver.token)
          : send(client, '/api/gate/entries', key, { event_id: eventId, plate: 'FIRST 1' }),
      ),
    );

  // Open the connections, and send the first event of the gate.
  await sendAll('one');
  finished.length = 0;
  await sendAll('two');
  expect(finished).toHaveLength(REQUESTS + 1);
  expect(finished.indexOf('/api/gate/entries')).toBeLessThan(REQUESTS / 2);
  await Promise.all(clients.map((client) => client.close()));
});
