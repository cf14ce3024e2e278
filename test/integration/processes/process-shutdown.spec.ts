import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../support/data/database-file.js';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { DEFAULT_ADMIN } from '../../support/http/login.js';
import { pipeline } from '../../support/http/clients/raw-http.js';

/** In milliseconds: far less than the keep-alive timeout and the maximum duration of a shutdown. */
const PROMPTLY = 12_000;

/**
 * Sends the requests concurrently over keep-alive connections, and waits until the program has read
 * them all. Returns a promise of the statuses of the responses.
 */
async function sendAll(url: string, path: string, bodies: readonly unknown[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: bodies.length });
  const headers = { 'content-type': 'application/json' };
  const requests = bodies.map(() => request(url + path, { agent, method: 'POST', headers }));
  const responses = requests.map(async (sent) => {
    const [response] = await once(sent, 'response');
    await once(response.resume(), 'end');
    return Number(response.statusCode);
  });
  const handedOver = requests.map((sent) => once(sent, 'finish'));
  requests.forEach((sent, index) => sent.end(JSON.stringify(bodies[index])));
  await Promise.all(handedOver);
  // The program serves connections in the order in which they were opened, and this is the last one.
  await fetch(`${url}/health/live`);
  return { responses: Promise.all(responses) };
}

async function stopPromptly(vpms: VpmsProcess, signal: NodeJS.Signals) {
  const ending = await Promise.race([vpms.stop(signal), sleep(PROMPTLY, undefined)]);
  expect(ending, 'the process should end promptly').toMatchObject({ code: 0, stderr: '' });
  expect(ending?.stdout).toContain('closed');
  // SQLite deletes its WAL when the last connection is closed cleanly.
  expect(readdirSync(vpms.dataDirectory).toSorted()).toEqual(['jwt-secret', 'vpms.db']);
}

describe.each(['SIGTERM', 'SIGINT'] as const)('a shutdown by %s', (signal) => {
  it('responds to accepted requests on keep-alive connections', async () => {
    await using vpms = await startProcess();
    const drivers = Array.from({ length: 40 }, (_, index) => ({
      username: `driver${index}`,
      email: `driver${index}@example.com`,
      password: 'test123',
    }));
    const { responses } = await sendAll(vpms.http.url, '/api/user/register', drivers);
    await stopPromptly(vpms, signal);
    expect(await responses).toEqual(drivers.map(() => 201));
    using database = openDatabase(vpms.dataDirectory);
    expect(database.count('accounts', "role = 'user'")).toBe(40);
  });

  it('closes idle connections', async () => {
    await using vpms = await startProcess();
    const port = Number(new URL(vpms.http.url).port);
    const silent = connect(port, '127.0.0.1');
    const kept = connect(port, '127.0.0.1');
    kept.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await Promise.all([once(silent, 'connect'), once(kept, 'data')]);
    const closed = Promise.all([silent, kept].map((socket) => once(socket.resume(), 'close')));
    await stopPromptly(vpms, signal);
    await closed;
    expect([silent.closed, kept.closed]).toEqual([true, true]);
  });

  it('responds to pipelined requests, and does not wait for those whose client has left', async () => {
    await using vpms = await startProcess();
    const paths = ['/api/public/occupancy', ...Array<string>(50).fill('/health/live')];
    using waiting = pipeline(vpms.http.url, paths);
    const left = pipeline(vpms.http.url, paths);
    for (const requests of [waiting, left]) {
      await expect.poll(requests.received).toContain('event: snapshot');
    }
    left[Symbol.dispose]();
    await stopPromptly(vpms, signal);
    await waiting.closed;
    expect(waiting.received().split('HTTP/1.1 200 OK')).toHaveLength(paths.length + 1);
  });

  it('accepts no new connection while requests finish', async () => {
    await using vpms = await startProcess();
    const logins = Array.from({ length: 30 }, () => DEFAULT_ADMIN);
    const { responses } = await sendAll(vpms.http.url, '/api/admin/login', logins);
    const ended = vpms.stop(signal);
    await expect.poll(vpms.output, { interval: 5 }).toContain('closing');
    expect(await responses).toEqual(logins.map(() => 200));
    await expect(fetch(`${vpms.http.url}/health/live`)).rejects.toThrow('fetch failed');
    expect((await ended).code).toBe(0);
  });
});

describe('a second signal', () => {
  it.each([
    ['SIGTERM', 'SIGINT', 130],
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
  ] as const)('ends the process immediately: %s, %s', async (first, second, expected) => {
    await using vpms = await startProcess();
    // A missing body delays the shutdown.
    const stuck = connect(Number(new URL(vpms.http.url).port), '127.0.0.1');
    stuck.on('error', () => undefined);
    stuck.write(
      'POST /api/user/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
        'Content-Length: 50\r\n\r\n{',
    );
    await vpms.http.get('/health/live');
    vpms.child.kill(first);
    await expect.poll(vpms.output, { interval: 5 }).toContain('closing');
    const { code } = await vpms.stop(second);
    expect(code).toBe(expected);
  });
});
