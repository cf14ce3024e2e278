import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { expectNoViolations, expectFreshResponses } from '../../support/cluster/cluster-checks.js';
import { BookingLoad } from '../../support/cluster/cluster-load.js';
import { type Driver, LONG_TIMEOUTS, pick } from '../../support/cluster/cluster.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import { expectProblem } from '../../support/http/problems.js';
import type { VpmsProcess } from '../../support/processes/processes.js';

const STORM_MILLISECONDS = 8_000;
const ROUNDS = 40;

describeWithServers('two instances', () => {
  const cluster = useCluster({ workers: 1, environment: LONG_TIMEOUTS });

  it('give the 50 spots of a lot to 50 of 200 concurrent drivers', async () => {
    const lot = await cluster.addLot(50);
    const drivers = await cluster.addDrivers(200);
    const responses = await Promise.all(
      drivers.map(({ token }, index) => cluster.via(index, { token }).book(lot)),
    );
    const taken = responses.filter(({ status }) => status === 201);
    const numbers = taken.map(({ body }) => Number(body.spot_number)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    for (const response of responses.filter(({ status }) => status !== 201)) {
      expectProblem(response, '409 LOT_FULL');
    }
    await expectNoViolations(cluster);
    await expectFreshResponses(cluster, drivers.slice(0, 5));
  }, 60_000);

  it('satisfy all rules under mixed load on both', async () => {
    const lots: number[] = [];
    for (const spots of [1, 5, 20]) lots.push(await cluster.addLot(spots));
    const drivers = await cluster.addDrivers(24);
    const load = new BookingLoad({ apis: cluster.apis, drivers, lots });
    const changes = new Map<string, number>();
    const end = performance.now() + STORM_MILLISECONDS;
    const operate = async (operator: number) => {
      for (let step = operator; performance.now() < end; step += 1) {
        const { http } = cluster.api(step);
        const path = `/api/admin/parking-lots/${pick(lots, step)}`;
        const body = { number_of_spots: 1 + ((step * 7) % 25), price: 10 + (step % 5) };
        const { status, body: lot } = await http.put(path, { token: cluster.admin, body });
        changes.set(`change ${status}`, (changes.get(`change ${status}`) ?? 0) + 1);
        if (status === 200)
          expect(lot.available_spots + lot.occupied_spots).toBe(lot.number_of_spots);
        await http.get('/api/admin/stats', { token: cluster.admin });
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
    await expectFreshResponses(cluster, drivers);
    process.stdout.write(
      `storm: ${JSON.stringify({ ...load.tally, ...Object.fromEntries(changes) })}\n`,
    );
  }, 60_000);

  it('return a write of one in the next read of the other', async () => {
    const lot = await cluster.addLot(3);
    const driver = await cluster.addDriver();
    for (let round = 0; round < ROUNDS; round += 1) {
      const [writer, reader] = [cluster.api(round), cluster.api(round + 1)];
      const { token } = driver;
      // The reader caches values here that must not be returned after the write.
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
      http.get('/api/admin/stats', { token: cluster.admin }),
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
      const [here, there] = [cluster.api(index), cluster.api(index + 1)];
      expect((await there.http.get('/api/auth/me', { token })).status).toBe(200);
      expect((await here.http.post('/api/auth/logout', { token })).status).toBe(204);
      expectProblem(await there.http.get('/api/auth/me', { token }), '401 TOKEN_REVOKED');
    }
  }, 60_000);

  it('refuse the tokens of an account after a password change on the other', async () => {
    const [here, there] = cluster.apis;
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
