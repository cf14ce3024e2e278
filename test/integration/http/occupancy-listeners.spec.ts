import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { openDatabase } from '../../support/data/database-file.js';
import { EventStream } from '../../support/http/clients/event-stream.js';
import { loginAdmin } from '../../support/http/login.js';
import { addLot } from '../../support/cluster/cluster.js';

const LISTENERS = 1_000;
const LOTS = 20;
const LOAD_MILLISECONDS = 6_000;
const MAX_MIB = 64;
const PATH = '/api/public/occupancy';
const REQUEST = `GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`;

interface Measured {
  readonly grownMiB: number;
  readonly median: number;
  readonly max: number;
}

/** A connection that requests the stream, and is not read before it has a `data` listener. */
async function connectTo({ http }: VpmsProcess): Promise<Socket> {
  const { port, hostname } = new URL(http.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(REQUEST);
  return socket;
}

/** The number of occupied spots of each lot after all events. */
function lastState(text: string): Map<number, number> {
  const state = new Map<number, number>();
  for (const [, json = ''] of text.matchAll(/^data: (.*)$/gm)) {
    for (const lot of [JSON.parse(json)].flat()) state.set(lot.lot_id, lot.occupied_spots);
  }
  return state;
}

describe('a thousand listeners', () => {
  it('use less than 64 MiB, and all receive the last state of each lot under load', async () => {
    const monitor = resolve('test/support/processes/monitor.mjs');
    await using vpms = await startProcess({ nodeOptions: ['--import', monitor] });
    const admin = await loginAdmin(vpms);
    const lots: number[] = [];
    for (let count = 0; count < LOTS; count += 1) lots.push(await addLot(vpms, admin, 50));
    const drivers = await registerDrivers(vpms, 8);
    // Warm up, so that the growth is that of the listeners.
    await Promise.all(drivers.map((token) => drive(vpms, { token, lots, milliseconds: 1_500 })));
    vpms.child.send('start');

    const texts: string[] = [];
    const sockets: Socket[] = [];
    for (let index = 0; index < LISTENERS; index += 1) {
      const socket = await connectTo(vpms);
      socket.setEncoding('utf8').on('data', (text: string) => {
        texts[index] = (texts[index] ?? '') + text;
      });
      sockets.push(socket);
    }
    const served = () => texts.filter((text) => text?.includes('snapshot')).length;
    await expect.poll(served, { timeout: 20_000 }).toBe(LISTENERS);
    await Promise.all(
      drivers.map((token) => drive(vpms, { token, lots, milliseconds: LOAD_MILLISECONDS })),
    );
    await sleep(2_000);
    const measured = once(vpms.child, 'message') as Promise<[Measured]>;
    vpms.child.send('read');
    const [{ grownMiB, median, max }] = await measured;
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    process.stdout.write(
      `1,000 listeners: ${grownMiB.toFixed(1)} MiB, event loop delay ${median.toFixed(1)} ms median, ${max.toFixed(1)} ms longest, ${Math.round(bytes / 2 ** 20)} MiB received\n`,
    );
    using database = openDatabase(vpms.dataDirectory);
    const expected = new Map(
      lots.map((lot) => [
        lot,
        database.count('reservations', `lot_id = ${lot} AND left_at IS NULL`),
      ]),
    );
    for (const text of texts) expect(lastState(text)).toEqual(expected);
    expect(grownMiB).toBeLessThan(MAX_MIB);
    for (const socket of sockets) socket.destroy();
  }, 120_000);
});

async function registerDrivers({ http }: VpmsProcess, number: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let count = 0; count < number; count += 1) {
    const login = { username: `driver${count}`, password: 'test1234' };
    const body = { ...login, email: `driver${count}@example.com` };
    expect((await http.post('/api/user/register', { body })).status).toBe(201);
    tokens.push(String((await http.post('/api/user/login', { body: login })).body.token));
  }
  return tokens;
}

/** Books and releases in changing lots, and stays parked at the end. */
async function drive(
  { http }: VpmsProcess,
  { token, lots, milliseconds }: { token: string; lots: readonly number[]; milliseconds: number },
): Promise<void> {
  const driver = http.as({ token });
  const end = performance.now() + milliseconds;
  for (let step = 0; performance.now() < end; step += 1) {
    const { body } = await driver.activeBooking();
    if (body?.id) await driver.release(body.id);
    const { status } = await driver.book(lots[(step * 7) % lots.length] ?? 0);
    expect(status).toBe(201);
    await sleep(20);
  }
}

describe('a quiet stream', () => {
  it('gets a comment at most 15 seconds after its beginning, and nothing else', async () => {
    await using vpms = await startProcess();
    using stream = await EventStream.open(vpms.http.url + PATH);
    const { arrived } = await stream.snapshot();
    await sleep(15_500);
    expect(stream.events).toHaveLength(1);
    expect(stream.comments).toHaveLength(1);
    const waited = (stream.comments[0]?.arrived ?? 0) - arrived;
    expect(waited).toBeGreaterThan(14_000);
    expect(waited).toBeLessThan(15_500);
  }, 60_000);
});

describe('a listener that does not read', () => {
  it('is disconnected once 256 KiB are unsent, and does not disturb the others', async () => {
    await using vpms = await startProcess();
    const number = 8_000;
    using database = openDatabase(vpms.dataDirectory);
    database.run(`WITH RECURSIVE step (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < ${number})
      INSERT INTO lots (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
      SELECT 'Lot ' || n, 'Here', '110001', 100, 10, 0, 0 FROM step`);
    const slow = await connectTo(vpms);
    slow.pause();
    using fast = await EventStream.open(vpms.http.url + PATH);
    expect((await fast.snapshot()).data).toHaveLength(number);
    const slowMetric = async () =>
      /^vpms_occupancy_streams_total\{event="too_slow"\} (\d+)$/m.exec(
        (await vpms.http.get('/metrics')).text,
      )?.[1];
    for (let round = 0; round < 20 && (await slowMetric()) !== '1'; round += 1) {
      database.run('UPDATE lots SET number_of_spots = number_of_spots + 1');
      await sleep(1_100);
    }
    expect(await slowMetric()).toBe('1');
    const { text } = await vpms.http.get('/metrics');
    expect(text).toMatch(/^vpms_occupancy_listeners 1$/m);
    expect(Math.max(...fast.events.map(({ data }) => data.number_of_spots ?? 0))).toBeGreaterThan(
      11,
    );
    slow.destroy();
  }, 60_000);

  it('does not delay a shutdown beyond the grace period', async () => {
    await using vpms = await startProcess();
    await addLot(vpms, await loginAdmin(vpms), 5);
    const slow = await connectTo(vpms);
    slow.pause();
    const streams = await Promise.all(
      Array.from({ length: 50 }, () => EventStream.open(vpms.http.url + PATH)),
    );
    await Promise.all(streams.map((stream) => stream.snapshot()));
    const began = performance.now();
    const { code, stderr } = await vpms.stop('SIGTERM');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - began).toBeLessThan(8_000);
    await Promise.all(streams.map(({ closed }) => closed));
    expect(streams.every(({ response }) => response.complete)).toBe(true);
    slow.destroy();
  }, 60_000);
});
