import { performance } from 'node:perf_hooks';
import Fastify, { type FastifyInstance } from 'fastify';
import { Client } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preferGates } from './prefer-gates.js';

const REQUESTS = 50;
const MILLISECONDS_EACH = 2;

let server: FastifyInstance;
let clients: Client[];
/** The paths of the requests, as they were processed. */
let processed: string[];

beforeEach(async () => {
  processed = [];
  server = Fastify();
  preferGates(server);
  server.post('/api/gate/entries', (_request, reply) => reply.code(401).send('no key'));
  server.get('*', ({ url }) => {
    processed.push(url);
    const end = performance.now() + MILLISECONDS_EACH;
    while (performance.now() < end);
    return 'done';
  });
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  clients = Array.from({ length: REQUESTS + 1 }, () => new Client(origin));
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
});

/** Sends the requests at once, each on a connection that is open already, and waits for all responses. */
async function send(paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map(async (path, index) => {
      const response = await clients[index]?.request({ method: 'GET', path });
      expect(response?.statusCode).toBe(200);
      await response?.body.dump();
    }),
  );
}

const others = Array.from({ length: REQUESTS }, (_, index) => `/other/${index}`);
const event = '/api/gate/entries';

describe('a gate that is used', () => {
  beforeEach(async () => {
    await send([...others, event]);
    processed = [];
  });

  it('gets its response before requests that arrived earlier', async () => {
    await send([...others, event]);
    expect(processed).toHaveLength(REQUESTS + 1);
    expect(processed.indexOf(event)).toBeLessThan(REQUESTS / 2);
  });

  it('leaves the order of other requests as it is', async () => {
    await send([...others, event]);
    expect(processed.filter((path) => path !== event)).toEqual(others);
  });
});

it('does not limit requests while no gate is used, even after a refused event', async () => {
  await send(others);
  const refused = await clients[0]?.request({ method: 'POST', path: event });
  expect(refused?.statusCode).toBe(401);
  await refused?.body.dump();
  let turns = 0;
  let isCounting = true;
  const count = () => {
    turns += 1;
    if (isCounting) setImmediate(count);
  };
  setImmediate(count);
  await send(others);
  isCounting = false;
  expect(turns).toBeLessThan(REQUESTS / 2);
});
