import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLot, book, pick, release } from '../support/servers/cluster.js';
import { startProcess, type VpmsProcess } from '../support/app/processes.js';
import { sendBytes } from '../support/http/raw-http.js';
import { loginAdmin } from '../support/http/login.js';

const DRIVERS = 8;
const PASSWORD = 'test123';
const ATTACK_MILLISECONDS = 2_500;
/** The program is patient for 10 s with headers, for 15 s with a body; the rest is a busy machine. */
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

  /** Books and releases by all drivers until the attack is over; every answer must be a good one. */
  async function expectBookings(attack: Promise<unknown>, name: string): Promise<void> {
    let isOver = false;
    const over = attack.finally(() => (isOver = true));
    const waits: number[] = [];
    const drive = async (token: string) => {
      while (!isOver) {
        const start = performance.now();
        const booked = await book(vpms, token, lotId);
        waits.push(performance.now() - start);
        expect(booked.status, booked.text).toBe(201);
        const released = await release(vpms, token, Number(booked.body.id));
        expect(released.status, released.text).toBe(200);
        // A driver's pace, so that no token comes near its own limit.
        await sleep(60);
      }
    };
    await Promise.all([over, ...tokens.map(drive)]);
    expect(waits.length).toBeGreaterThan(DRIVERS);
    process.stdout.write(`Bookings ${name}: ${JSON.stringify(percentiles(waits))}\n`);
    expect(vpms.child.exitCode).toBeNull();
  }

  it('without any attack, for comparison', async () => {
    await expectBookings(sleep(1_500), 'in peace');
  });

  it('under 300 connections that send a byte now and then, until each is cut off', async () => {
    const { port } = new URL(vpms.http.url);
    const starts = [
      // Headers that never end, a body that never ends, and nothing at all.
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
    // A body that breaks off looks like a lost connection; it must not be taken for the database's.
    expect(vpms.output()).not.toContain('DATABASE_UNAVAILABLE');
  }, 90_000);

  it('under endless headers', async () => {
    const bytes = `GET / HTTP/1.1\r\nHost: vpms\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    const statuses = new Set<number>();
    const attack = repeatedly(16, async () => {
      // The server may end the connection while the rest is being sent.
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

  it('and the program shuts down cleanly afterwards', async () => {
    const { code, stderr } = await vpms.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

/** Sends the start, then a byte at a time; whether the server ended it in time. */
async function isCutOff(socket: Socket, start: string): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(true));
  });
  // To be written to after its end is what this is about.
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

/** So many at once, each again when it has ended, for the time of an attack. */
async function repeatedly(number: number, act: () => Promise<void>): Promise<void> {
  const end = performance.now() + ATTACK_MILLISECONDS;
  const repeat = async () => {
    while (performance.now() < end) await act();
  };
  await Promise.all(Array.from({ length: number }, repeat));
}

function percentiles(waits: readonly number[]) {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { bookings: waits.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}
