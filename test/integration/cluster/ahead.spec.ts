import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../../src/parking/policies/policy.js';
import { HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { type Claim, mostAtOnce } from '../../support/checks/claims.js';
import { expectNoViolations } from '../../support/cluster/cluster-checks.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { PrometheusText } from '../../support/http/prometheus-text.js';
import { type Driver, LONG_TIMEOUTS, pick } from '../../support/cluster/cluster.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

const ROUNDS = 20;
/** A booking that is not checked in ends when its window begins. */
const STRICT = { ...DEFAULT_POLICY, min_minutes: 1, no_show_after_minutes: 0 };
const TOMORROW = Math.ceil(Date.now() / HOUR) * HOUR + 24 * HOUR;

describeWithServers('two instances', () => {
  const cluster = useCluster({ workers: 2, environment: LONG_TIMEOUTS });

  async function addStrictLot(spots = 1): Promise<number> {
    const lotId = await cluster.addLot(spots);
    const set = await cluster.via(0, { token: cluster.admin }).setPolicy(lotId, STRICT);
    expect(set.status).toBe(200);
    return lotId;
  }

  const windowOf = (from: number, length: number) => ({
    from: new Date(from).toISOString(),
    until: new Date(from + length).toISOString(),
  });

  it('give 220 concurrent drivers no more spots than there are at any instant, and refuse only those without a free spot', async () => {
    const lotId = await cluster.addLot(20);
    const [drivers, walkIns] = [await cluster.addDrivers(200), await cluster.addDrivers(20)];
    const begin = Date.now();
    const windows = drivers.map((_, index) => ({
      starts: begin + (1 + (index % 40) * 3) * MINUTE,
      length: (1 + (index % 5)) * HOUR,
    }));
    const [booked, parked] = await Promise.all([
      Promise.all(
        drivers.map((driver, index) => {
          const { starts, length } = pick(windows, index);
          const body = { lot_id: lotId, ...windowOf(starts, length) };
          return cluster.via(index, driver).bookAhead(body);
        }),
      ),
      Promise.all(walkIns.map((driver, index) => cluster.via(index, driver).book(lotId))),
    ]);
    expect(new Set(booked.map(kindOf))).toEqual(new Set(['201', '409 LOT_FULL']));
    for (const response of parked) expect(['201', '409 LOT_FULL']).toContain(kindOf(response));
    const claims = await cluster.sql<Claim>(
      `SELECT COALESCE(claim_from, parked_at) AS starts,
        COALESCE(claim_until, reserved_until, parked_at + ${HOUR}) AS ends
      FROM reservations WHERE lot_id = $1 AND status IN ('reserved', 'active')`,
      [lotId],
    );
    const successes = [...booked, ...parked].filter(({ status }) => status === 201);
    expect(claims).toHaveLength(successes.length);
    expect(mostAtOnce(claims)).toBe(20);
    for (const [index, { status }] of booked.entries()) {
      const { starts, length } = pick(windows, index);
      if (status === 201) continue;
      expect(mostAtOnce(claims, { starts, ends: starts + length })).toBe(20);
    }
    if (parked.some(({ status }) => status === 409)) {
      expect(mostAtOnce(claims, { starts: begin, ends: Date.now() + HOUR })).toBe(20);
    }
    await expectNoViolations(cluster);
  }, 60_000);

  it('confirm a hold or let it expire, and give its spot to one driver', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const lotId = await cluster.addLot(1);
      const [owner, rival] = (await cluster.addDrivers(2)) as [Driver, Driver];
      const window = { lot_id: lotId, ...windowOf(TOMORROW, HOUR) };
      const { body } = await cluster.via(round, owner).bookAhead({ ...window, hold: true });
      const expiry = Date.now() + 150;
      await cluster.sql(
        `UPDATE reservations SET hold_expires_at = $1, lapses_at = $1, due_at = $1 WHERE id = $2`,
        [expiry, body.id],
      );
      await sleepUntil(expiry - 60 + 5 * round);
      const [confirmed, taken] = await Promise.all([
        cluster.via(round, owner).confirm(body.id),
        cluster.via(round + 1, rival).bookAhead(window),
      ]);
      seen.add(kindOf(confirmed));
      expect(confirmed.status === 200 && taken.status === 201).toBe(false);
      const after = await cluster.via(round + 1, owner).booking(body.id);
      expect(after.body.status).toBe(confirmed.status === 200 ? 'reserved' : 'expired');
    }
    expect(seen).toEqual(new Set(['200', '410 HOLD_EXPIRED']));
    await expectNoViolations(cluster);
  }, 60_000);

  it('either check a driver in or charge the no-show once', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const lotId = await addStrictLot();
      const driver = await cluster.addDriver();
      const start = Date.now() + 150;
      const api = cluster.via(round, driver);
      const { body } = await api.bookAhead({ lot_id: lotId, ...windowOf(start, MINUTE) });
      await sleepUntil(start - 60 + 5 * round);
      const [checkedIn] = await Promise.all([
        cluster.via(round, driver).checkIn(body.id),
        cluster.via(round + 1, driver).booking(body.id),
        cluster.via(round, driver).get('/api/user/bookings?status=no_show'),
      ]);
      seen.add(kindOf(checkedIn));
      const { body: after } = await cluster.via(round + 1, driver).booking(body.id);
      const isIn = checkedIn.status === 200;
      expect(after).toMatchObject({ status: isIn ? 'active' : 'no_show' });
      if (!isIn) expect(await spentBy(driver)).toBe(1250);
    }
    expect(seen).toEqual(new Set(['200', '409 WRONG_STATUS']));
    await expectNoViolations(cluster);
  }, 60_000);

  it('cancel a reservation or check the driver in, never both', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const lotId = await cluster.addLot(1);
      const driver = await cluster.addDriver();
      const window = windowOf(Date.now() + MINUTE, HOUR);
      const { body } = await cluster.via(round, driver).bookAhead({ lot_id: lotId, ...window });
      const [cancelled, checkedIn] = await Promise.all([
        cluster.via(round, driver).cancel(body.id),
        cluster.via(round + 1, driver).checkIn(body.id),
      ]);
      expect([kindOf(cancelled), kindOf(checkedIn)].toSorted()).toEqual([
        '200',
        '409 WRONG_STATUS',
      ]);
      const { body: after } = await cluster.via(round + 1, driver).booking(body.id);
      expect(after.status).toBe(cancelled.status === 200 ? 'cancelled' : 'active');
      // The fee is half of the price of an hour.
      expect(await spentBy(driver)).toBe(cancelled.status === 200 ? 625 : 0);
    }
    await expectNoViolations(cluster);
  }, 60_000);

  it('extend a booking or book the time after it, never both', async () => {
    const lotId = await cluster.addLot(1);
    for (let round = 0; round < ROUNDS; round += 1) {
      const [owner, next] = (await cluster.addDrivers(2)) as [Driver, Driver];
      const start = TOMORROW + round * 3 * HOUR;
      const first = { lot_id: lotId, ...windowOf(start, HOUR) };
      const { body } = await cluster.via(round, owner).bookAhead(first);
      const [extended, booked] = await Promise.all([
        cluster.via(round, owner).extend(body.id, windowOf(start, 2 * HOUR).until),
        cluster.via(round + 1, next).bookAhead({ lot_id: lotId, ...windowOf(start + HOUR, HOUR) }),
      ]);
      const kinds = [extended.status === 200 ? '201' : kindOf(extended), kindOf(booked)];
      expect(kinds.toSorted()).toEqual(['201', '409 LOT_FULL']);
    }
    await expectNoViolations(cluster);
  }, 60_000);

  it('charge each no-show once, although every worker and every request looks for due bookings', async () => {
    const before = await countedNoShows();
    const lots = [await addStrictLot(10), await addStrictLot(10), await addStrictLot(10)];
    const drivers = await cluster.addDrivers(30);
    const start = Date.now() + 4_000;
    await Promise.all(
      drivers.map(async (driver, index) => {
        const body = { lot_id: pick(lots, index), ...windowOf(start + index * 10, MINUTE) };
        expect((await cluster.via(index, driver).bookAhead(body)).status).toBe(201);
      }),
    );
    const ids = drivers.map(({ id }) => id);
    const bookings = () =>
      cluster.sql<{ status: string; spent: number }>(
        `SELECT status, spent FROM reservations
          LEFT JOIN driver_totals ON driver_totals.user_id = reservations.user_id
          WHERE reservations.user_id = ANY ($1)`,
        [ids],
      );
    const unfinished = async () =>
      (await bookings()).filter(({ status }) => status !== 'no_show').length;
    await sleep(start + 150 - Date.now());
    // Requests to both instances at once, while bookings become due.
    await Promise.all(
      drivers.map((driver, index) =>
        cluster.via(index, driver).get('/api/user/bookings?status=any'),
      ),
    );
    await expect.poll(unfinished, { timeout: 20_000 }).toBe(0);
    expect(await bookings()).toEqual(drivers.map(() => ({ status: 'no_show', spent: 1250 })));
    expect((await countedNoShows()) - before).toBe(drivers.length);
    await expectNoViolations(cluster);
  }, 60_000);

  /** The sum that the driver was charged for all bookings, in minor units. */
  function spentBy({ id }: Driver): Promise<number> {
    return cluster.count('SELECT COALESCE(SUM(spent), 0) FROM driver_totals WHERE user_id = $1', [
      id,
    ]);
  }

  /** The no-shows that all processes have counted. */
  async function countedNoShows(): Promise<number> {
    let total = 0;
    for (const { http } of cluster.processes) {
      const { samples } = new PrometheusText((await http.get('/metrics')).text);
      for (const { name, labels, value } of samples) {
        if (name === 'vpms_bookings_total' && labels['event'] === 'no_show') total += value;
      }
    }
    return total;
  }
});

function kindOf({ status, body }: HttpResponse): string {
  return `${status} ${body?.code ?? ''}`.trim();
}

function sleepUntil(instant: number): Promise<void> {
  return sleep(Math.max(0, instant - Date.now()));
}
