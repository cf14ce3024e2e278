import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectNoViolations, expectFreshResponses } from '../../support/checks/cluster-checks.js';
import { BookingLoad } from '../../support/checks/cluster-load.js';
import {
  addLot,
  Cluster,
  type Driver,
  LONG_TIMEOUTS,
  pick,
} from '../../support/servers/cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import { expectProblem } from '../../support/http/problems.js';
import type { VpmsProcess } from '../../support/app/processes.js';
import { loginAdmin } from '../../support/http/login.js';

const STORM_MILLISECONDS = 8_000;
const ROUNDS = 40;

describeWithServers('two instances', () => {
  let cluster: Cluster;
  let apis: VpmsProcess[];
  let admin: string;

  beforeAll(async () => {
    cluster = await Cluster.start();
    apis = await Promise.all([
      cluster.launch('api', LONG_TIMEOUTS),
      cluster.launch('api', LONG_TIMEOUTS),
    ]);
    await cluster.launch('worker');
    admin = await loginAdmin(pick(apis, 0));
  }, 120_000);
  afterAll(() => cluster?.[Symbol.asyncDispose](), 60_000);

  it('give the 50 spots of a lot to 50 of 200 concurrent drivers', async () => {
    const lot = await addLot(pick(apis, 0), admin, 50);
    const drivers = await cluster.addDrivers(200);
    const responses = await Promise.all(
      drivers.map(({ token }, index) => pick(apis, index).http.as({ token }).book(lot)),
    );
    const taken = responses.filter(({ status }) => status === 201);
    const numbers = taken.map(({ body }) => Number(body.spot_number)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    for (const response of responses.filter(({ status }) => status !== 201)) {
      expectProblem(response, '409 LOT_FULL');
    }
    await expectNoViolations(cluster);
    await expectFreshResponses(cluster, { apis, admin, drivers: drivers.slice(0, 5) });
  }, 60_000);

  it('satisfy all rules under mixed load on both', async () => {
    const [first, second] = [pick(apis, 0), pick(apis, 1)];
    const lots = [await addLot(first, admin, 1), await addLot(second, admin, 5)];
    lots.push(await addLot(first, admin, 20));
    const drivers = await cluster.addDrivers(24);
    const load = new BookingLoad({ apis, drivers, lots });
    const changes = new Map<string, number>();
    const end = performance.now() + STORM_MILLISECONDS;
    const operate = async (operator: number) => {
      for (let step = operator; performance.now() < end; step += 1) {
        const { http } = pick(apis, step);
        const path = `/api/admin/parking-lots/${pick(lots, step)}`;
        const body = { number_of_spots: 1 + ((step * 7) % 25), price: 10 + (step % 5) };
        const { status, body: lot } = await http.put(path, { token: admin, body });
        changes.set(`change ${status}`, (changes.get(`change ${status}`) ?? 0) + 1);
        if (status === 200)
          expect(lot.available_spots + lot.occupied_spots).toBe(lot.number_of_spots);
        await http.get('/api/admin/stats', { token: admin });
        await sleep(10);
      }
    };
    await Promise.all([operate(0), operate(1)]).finally(() => load.stop());

    const known = ['book 201', 'book 409 LOT_FULL', 'release 200'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(load.tally)));
    expect(['change 200', 'change 409']).toEqual(expect.arrayContaining([...changes.keys()]));
    expect(load.booked.size).toBeGreaterThan(drivers.length);
    expect(changes.get('change 200')).toBeGreaterThan(0);
    await load.expectAcknowledgedWritesStored(cluster);
    await expectNoViolations(cluster);
    await expectFreshResponses(cluster, { apis, admin, drivers });
    process.stdout.write(
      `storm: ${JSON.stringify({ ...load.tally, ...Object.fromEntries(changes) })}\n`,
    );
  }, 60_000);

  it('show a write of one in the next read of the other', async () => {
    const lot = await addLot(pick(apis, 0), admin, 3);
    const [driver] = (await cluster.addDrivers(1)) as [Driver];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [writer, reader] = [pick(apis, round), pick(apis, round + 1)];
      const { token } = driver;
      // The reader has now stored a value that must not be returned after the write.
      const before = await seen(reader, driver, lot);
      expect(before).toMatchObject({ free: 3, active: 0 });
      const { status, body: booking } = await writer.http.as({ token }).book(lot);
      expect(status).toBe(201);
      expect(await seen(reader, driver, lot)).toEqual({
        free: 2,
        active: 1,
        bookings: before.bookings + 1,
        occupied: before.occupied + 1,
      });
      expect((await writer.http.as({ token }).release(Number(booking.id))).status).toBe(200);
      expect(await seen(reader, driver, lot)).toEqual({ ...before, bookings: before.bookings + 1 });
    }
  }, 60_000);

  async function seen({ http }: VpmsProcess, { token }: Driver, lot: number) {
    const [lots, own, all] = await Promise.all([
      http.get('/api/user/parking-lots/available', { token }),
      http.get('/api/user/stats', { token }),
      http.get('/api/admin/stats', { token: admin }),
    ]);
    const found = lots.body.find(({ id }: { id: number }) => id === lot);
    return {
      free: Number(found?.available_spots),
      active: Number(own.body.activeBookings),
      bookings: Number(own.body.totalBookings),
      occupied: Number(all.body.occupiedSpots),
    };
  }

  it('refuse a token immediately after a logout on the other', async () => {
    const drivers = await cluster.addDrivers(20);
    for (const [index, { token }] of drivers.entries()) {
      const [here, there] = [pick(apis, index), pick(apis, index + 1)];
      expect((await there.http.get('/api/auth/me', { token })).status).toBe(200);
      expect((await here.http.post('/api/auth/logout', { token })).status).toBe(204);
      expectProblem(await there.http.get('/api/auth/me', { token }), '401 TOKEN_REVOKED');
    }
  }, 60_000);

  it('refuse the tokens of an account after a password change on the other', async () => {
    const [here, there] = [pick(apis, 0), pick(apis, 1)];
    const login = { username: 'changer', password: 'test123' };
    const account = { ...login, email: 'changer@example.com' };
    expect((await there.http.post('/api/user/register', { body: account })).status).toBe(201);
    const tokens: string[] = [];
    for (const api of [here, there, there]) {
      tokens.push(String((await api.http.post('/api/user/login', { body: login })).body.token));
    }
    const [own = '', ...others] = tokens;
    for (const token of tokens) {
      expect((await there.http.get('/api/auth/me', { token })).status).toBe(200);
    }
    const body = { current_password: 'test123', new_password: 'test456' };
    const changed = await here.http.post('/api/auth/change-password', { token: own, body });
    expect(changed.status).toBe(204);
    for (const token of others) {
      expectProblem(await there.http.get('/api/auth/me', { token }), '401 TOKEN_REVOKED');
    }
    expect((await there.http.get('/api/auth/me', { token: own })).status).toBe(200);
    expect((await there.http.post('/api/user/login', { body: login })).status).toBe(401);
  }, 60_000);
});
