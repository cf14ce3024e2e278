import { once } from 'node:events';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { OccupancyStreams } from '../../../src/public/stream/occupancy-streams.js';
import { clientNetwork } from '../../../src/platform/rate-limits/client-network.js';
import { CapturedLog } from '../../support/app/captured-log.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { EventStream } from '../../support/http/clients/event-stream.js';
import { expectProblem } from '../../support/http/problems.js';
import { parseResponse, pipeline } from '../../support/http/clients/raw-http.js';

const PATH = '/api/public/occupancy';
const open = (vpms: TestApp, headers?: Record<string, string>) =>
  EventStream.open(vpms.http.url + PATH, headers);
const listeners = async (vpms: TestApp) => {
  const { text } = await vpms.http.get('/metrics');
  return Number(/^vpms_occupancy_listeners (\d+)$/m.exec(text)?.[1]);
};
/** Opens as many streams as one address may have. */
const openAll = async (vpms: TestApp) => {
  const streams: EventStream[] = [];
  for (let index = 0; index < 100; index += 1) streams.push(await open(vpms));
  return streams;
};

describe('an open stream', () => {
  it('is counted, and logged when it ends, but has no duration', async () => {
    const log = new CapturedLog();
    await using vpms = await startTestApp({ log });
    const lines = () => log.requests().filter(({ route }) => route === PATH);
    {
      using first = await open(vpms);
      using second = await open(vpms);
      await Promise.all([first.snapshot(), second.snapshot()]);
      expect(await listeners(vpms)).toBe(2);
      expect(lines()).toEqual([]);
    }
    await expect.poll(() => listeners(vpms)).toBe(0);
    await expect.poll(lines).toHaveLength(2);
    expect(lines()[0]).toMatchObject({ method: 'GET', status: 200, address: '127.0.0.1' });
    const { text } = await vpms.http.get('/metrics');
    expect(text).not.toMatch(/duration_seconds_count\{.*occupancy/);
    expect(text).toContain('vpms_occupancy_streams_total{event="connected"} 2');
  });

  it('is one of at most 100 from one address', async () => {
    await using vpms = await startTestApp({ environment: { RATE_LIMIT_ENABLED: 'true' } });
    const streams = await openAll(vpms);
    expect(streams.map(({ response }) => response.statusCode)).toEqual(streams.map(() => 200));
    const refused = await vpms.http.get(PATH);
    expectProblem(refused, '429 RATE_LIMITED');
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    streams[0]?.[Symbol.dispose]();
    const reopened = async () => {
      using stream = await open(vpms);
      return stream.response.statusCode;
    };
    await expect.poll(reopened).toBe(200);
    for (const stream of streams) stream[Symbol.dispose]();
  });

  it('is no longer counted after its client has left a connection with 100 requests', async () => {
    await using vpms = await startTestApp({ environment: { RATE_LIMIT_ENABLED: 'true' } });
    {
      using requests = pipeline(vpms.http.url, Array<string>(100).fill(PATH));
      await expect.poll(requests.received).toContain('event: snapshot');
    }
    await expect.poll(() => listeners(vpms)).toBe(0);
    const streams = await openAll(vpms);
    expect(streams.map(({ response }) => response.statusCode)).toEqual(streams.map(() => 200));
    for (const stream of streams) stream[Symbol.dispose]();
  });

  it('is not counted if its client leaves while the request is still being checked', async () => {
    await using vpms = await startTestApp({ environment: { RATE_LIMIT_ENABLED: 'true' } });
    const streams = vpms.app.get(OccupancyStreams, { strict: false });
    // With Redis, the guard waits for the network. This server simulates that: it opens the stream only after
    // the client has left.
    const server = fastify();
    const opened: Promise<void>[] = [];
    server.get('/', (request, reply) => {
      const network = clientNetwork(request.ip);
      const left = once(reply.raw, 'close');
      opened.push(left.then(() => streams.open({ reply, network, lastEventId: undefined })));
    });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    for (let count = 1; count <= 100; count += 1) {
      const requests = pipeline(url, ['/']);
      await expect.poll(() => opened.length, { interval: 5 }).toBe(count);
      requests[Symbol.dispose]();
    }
    await Promise.all(opened);
    await server.close();
    expect(await listeners(vpms)).toBe(0);
    using stream = await open(vpms);
    expect(stream.response.statusCode).toBe(200);
  });

  it('is refused on a connection that still waits for another response', async () => {
    const vpms = await startTestApp();
    using requests = pipeline(vpms.http.url, [PATH, PATH]);
    await expect.poll(requests.received).toContain('event: snapshot');
    // The first stream ends at the shutdown, and the second response follows.
    await vpms[Symbol.asyncDispose]();
    await requests.closed;
    const received = requests.received();
    const second = received.slice(received.lastIndexOf('HTTP/1.1 '));
    expectProblem(parseResponse(second), '400 MALFORMED_REQUEST');
  });

  it('does not exist with PUBLIC_BOARD=false', async () => {
    await using vpms = await startTestApp({ environment: { PUBLIC_BOARD: 'false' } });
    expectProblem(await vpms.http.get(PATH), '404 ROUTE_NOT_FOUND');
  });

  it('ends at the shutdown', async () => {
    const vpms = await startTestApp();
    using stream = await open(vpms);
    await stream.snapshot();
    const began = performance.now();
    await vpms[Symbol.asyncDispose]();
    await stream.closed;
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(stream.response.complete).toBe(true);
  });
});
