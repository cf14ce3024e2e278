import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLot, pick } from '../../support/cluster/cluster.js';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { sendBytes } from '../../support/http/clients/raw-http.js';
import { loginAdmin } from '../../support/http/login.js';

const DRIVERS = 8;
const PASSWORD = 'test123';
const keptAlive = new Agent({ keepAlive: true });
const ATTACK_MILLISECONDS = 2_500;
/** The program waits 10 s for headers and 15 s for a body; the rest is for a busy machine. */
const CUT_OFF_MILLISECONDS = 45_000;

describe('bookings continue', () => {
  let vpms: VpmsProcess;
  let lotId: number;
  const tokens: string[] = [];

  beforeAll(async () => {
    const environment = { RATE_LIMIT_ENABLED: 'true', TRUST_PROXY: 'loopback' };
    vpms = await startProcess({ environment });
    lotId = await addLot(vpms, await loginAdmin(vpms), 2 * DRIVERS);
    for (let driver = 0; driver < DRIVERS; driver += 1) {
      const body = { username: `driver${driver}`, password: PASSWORD };
      const email = `driver${driver}@example.com`;
      await vpms.http.post('/api/user/register', { body: { ...body, email } });
      tokens.push(String((await vpms.http.post('/api/user/login', { body })).body.token));
    }
  }, 60_000);
  afterAll(() => vpms?.[Symbol.asyncDispose]());

  /**
   * Books and releases for all drivers until the attack is over; every response must be a success.
   */
  async function expectBookings(attack: Promise<unknown>, name: string): Promise<void> {
    let isOver = false;
    const over = attack.finally(() => (isOver = true));
    const waits: number[] = [];
    const drive = async (token: string) => {
      while (!isOver) {
        const start = performance.now();
        const booked = await vpms.http.as({ token }).book(lotId);
        waits.push(performance.now() - start);
        expect(booked.status, booked.text).toBe(201);
        const released = await vpms.http.as({ token }).release(Number(booked.body.id));
        expect(released.status, released.text).toBe(200);
        // Pause like a driver, so that no token reaches its limit.
        await sleep(60);
      }
    };
    await Promise.all([over, ...tokens.map(drive)]);
    expect(waits.length).toBeGreaterThan(DRIVERS);
    process.stdout.write(`Bookings ${name}: ${JSON.stringify(percentiles(waits))}\n`);
    expect(vpms.child.exitCode).toBeNull();
  }

  it('without any attack, for comparison', async () => {
    await expectBookings(sleep(1_500), 'without an attack');
  });

  it('under 300 connections that send a byte now and then, until each is cut off', async () => {
    const { port } = new URL(vpms.http.url);
    const starts = [
      // Endless headers, an endless body, and no data.
      'GET / HTTP/1.1\r\nHost: vpms\r\nX-Slow: ',
      'POST /api/user/login HTTP/1.1\r\nHost: vpms\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
      '',
    ];
    const cutOff = Array.from({ length: 300 }, (_, index) =>
      isCutOff(connect(Number(port), '127.0.0.1'), pick(starts, index)),
    );
    await expectBookings(Promise.all(cutOff), 'under slow connections');
    const results = await Promise.all(cutOff);
    const open = results.flatMap((isOver, index) => (isOver ? [] : [pick(starts, index)]));
    expect(open).toEqual([]);
    // An aborted body looks like a lost connection; it must not be taken for a lost database
    // connection.
    expect(vpms.output()).not.toContain('DATABASE_UNAVAILABLE');
  }, 90_000);

  it('under endless headers', async () => {
    const bytes = `GET / HTTP/1.1\r\nHost: vpms\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    const statuses = new Set<number>();
    const attack = repeatedly(16, async () => {
      // The server may close the connection while the rest is sent.
      const response = await sendBytes(vpms.http.url, bytes).catch(() => undefined);
      if (response) statuses.add(response.status);
    });
    await expectBookings(attack, 'under oversized headers');
    expect([...statuses].filter((status) => !Number.isNaN(status))).toEqual([431]);
  }, 30_000);

  it('under wrong logins from many addresses', async () => {
    const statuses = new Set<number>();
    let tries = 0;
    const attack = repeatedly(30, async () => {
      tries += 1;
      const body = { username: `driver${tries % 100}`, password: 'wrong' };
      const headers = { 'x-forwarded-for': `198.51.${tries % 100}.${tries % 256}` };
      const { status } = await vpms.http.post('/api/user/login', { body, headers });
      statuses.add(status);
    });
    await expectBookings(attack, 'under wrong logins');
    for (const status of statuses) expect([401, 429, 503]).toContain(status);
    expect(statuses).toContain(401);
  }, 30_000);

  it('under bodies of 12,800 unknown fields', async () => {
    const fields = Array.from({ length: 12_800 }, (_, index) => `"${index.toString(36)}":1`);
    const raw = `{${fields.join(',')}}`;
    const attack = repeatedly(4, async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await vpms.http.post('/api/user/register', { raw, headers });
      expect(response.status).toBe(400);
      expect(response.text.length).toBeLessThan(1_000);
    });
    await expectBookings(attack, 'under huge bodies');
  }, 30_000);

  it('under requests for the documentation', async () => {
    const attack = repeatedly(8, async () => {
      expect(await statusWithoutReading(`${vpms.http.url}/api/docs-yaml`)).toBe(200);
    });
    await expectBookings(attack, 'under requests for the documentation');
  }, 30_000);

  it('under correct logins of one account, while all others can log in', async () => {
    const statuses = new Map<number, number>();
    const others: number[] = [];
    // Use a separate account, because the oldest sessions of an account end when it has more than 20.
    const flooder = { username: 'flooder', password: PASSWORD };
    const email = 'flooder@example.com';
    await vpms.http.post('/api/user/register', { body: { ...flooder, email } });
    const attack = repeatedly(50, async () => {
      const headers = { 'x-forwarded-for': '203.0.113.1' };
      const { status } = await vpms.http.post('/api/user/login', { body: flooder, headers });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    const logins = async () => {
      for (let driver = 1; driver < DRIVERS; driver += 1) {
        const body = { username: `driver${driver}`, password: PASSWORD };
        others.push((await vpms.http.post('/api/user/login', { body })).status);
      }
      const body = { username: 'admin', password: 'admin123' };
      others.push((await vpms.http.post('/api/admin/login', { body })).status);
    };
    await expectBookings(Promise.all([attack, logins()]), 'under correct logins of one account');
    expect(others).toEqual(Array(DRIVERS).fill(200));
    expect(new Set(statuses.keys())).toEqual(new Set([200, 429]));
    expect(statuses.get(200)).toBeLessThanOrEqual(60);
  }, 30_000);

  it('under exports of one driver, who gets one file', async () => {
    const body = { username: 'exporter', password: PASSWORD };
    const email = 'exporter@example.com';
    await vpms.http.post('/api/user/register', { body: { ...body, email } });
    const { token } = (await vpms.http.post('/api/user/login', { body })).body;
    const tasks = new Set<string>();
    const attack = repeatedly(8, async () => {
      const response = await vpms.http.post('/api/user/export-csv-async', { token });
      expect([202, 429]).toContain(response.status);
      if (response.status === 202) tasks.add(String(response.body.task_id));
    });
    await expectBookings(attack, 'under exports of one driver');
    expect(tasks.size).toBe(1);
  }, 30_000);

  it('under registrations from one address', async () => {
    let created = 0;
    let tries = 0;
    const attack = repeatedly(16, async () => {
      tries += 1;
      const body = {
        username: `new${tries}`,
        email: `new${tries}@example.com`,
        password: PASSWORD,
      };
      const headers = { 'x-forwarded-for': '203.0.113.2' };
      const { status } = await vpms.http.post('/api/user/register', { body, headers });
      if (status === 201) created += 1;
    });
    await expectBookings(attack, 'under registrations');
    expect(tries).toBeGreaterThan(30);
    expect(created).toBe(30);
  }, 30_000);

  it('and the program shuts down cleanly afterwards', async () => {
    const { code, stderr } = await vpms.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

/**
 * Sends the start, then one byte at a time; returns whether the server closed the connection in
 * time.
 */
async function isCutOff(socket: Socket, start: string): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(true));
  });
  // Writing to a connection that the server has closed causes an error.
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(start);
  const dripping = setInterval(() => start !== '' && socket.writable && socket.write('x'), 500);
  const timer = new AbortController();
  const late = sleep(CUT_OFF_MILLISECONDS, undefined, { signal: timer.signal });
  const isClosed = await Promise.race([closed, late.then(() => false)]);
  late.catch(() => undefined);
  timer.abort();
  clearInterval(dripping);
  socket.destroy();
  return isClosed;
}

/** Keeps `number` calls running during an attack, and repeats each when it ends. */
async function repeatedly(number: number, act: () => Promise<void>): Promise<void> {
  const end = performance.now() + ATTACK_MILLISECONDS;
  const repeat = async () => {
    while (performance.now() < end) await act();
  };
  await Promise.all(Array.from({ length: number }, repeat));
}

/** Discards the body: decoding its 700 KB would delay the drivers, which run in this process too. */
async function statusWithoutReading(url: string): Promise<number | undefined> {
  const [response] = await once(get(url, { agent: keptAlive }), 'response');
  const { statusCode } = response.resume();
  await once(response, 'end');
  return statusCode;
}

function percentiles(waits: readonly number[]) {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { bookings: waits.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}
