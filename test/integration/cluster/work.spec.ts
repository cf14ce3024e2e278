import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import { expect, it } from 'vitest';
import type { Driver } from '../../support/cluster/cluster.js';
import { useCluster } from '../../support/cluster/use-cluster.js';
import { readCsv } from '../../support/http/csv-reader.js';
import {
  downloadExport,
  requestExport,
  exportStatus,
  type RequestedExport,
  waitForExport,
} from '../../support/scenes/exports.js';
import { describeWithServers } from '../../support/servers/with-servers.js';
import { GoogleChatServer } from '../../support/servers/google-chat-server.js';

/** Enough that the export is still running when its worker is killed. */
const BOOKINGS = 20_000;

describeWithServers('a cluster', () => {
  const cluster = useCluster();

  /** Completed one-hour stays of the driver in a separate lot. */
  async function addBookings({ id }: Driver, count: number): Promise<void> {
    await cluster.sql(
      `WITH lot AS (
        INSERT INTO lots
          (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
        VALUES ('Bulk, "Central"', '1 Main Street', '110001', 5000, 1, 0, 0) RETURNING id
      ), spot AS (
        INSERT INTO spots (lot_id, number, status, created_at)
        SELECT id, 1, 'A', 0 FROM lot RETURNING id, lot_id
      ), totals AS (
        INSERT INTO driver_totals (user_id, bookings, spent)
        VALUES ($1, $2::int, $2::bigint * 5000)
      )
      INSERT INTO reservations (spot_id, lot_id, user_id, parked_at, left_at, price_per_hour, cost,
        vehicle_number, remarks, created_at, updated_at)
      SELECT id, lot_id, $1, n * 7200000, n * 7200000 + 3600000, 5000, 5000, 'DL ' || n,
        md5(random()::text), 0, 0
      FROM spot, generate_series(1, $2::bigint) AS n`,
      [id, count],
    );
  }

  async function expectWhole(task: RequestedExport, { id }: Driver): Promise<void> {
    const response = await downloadExport(task);
    expect(response.status).toBe(200);
    const [, ...rows] = readCsv(response.text);
    const kept = await cluster.sql<{ id: number }>(
      'SELECT id FROM reservations WHERE user_id = $1 ORDER BY parked_at DESC, id DESC',
      [id],
    );
    expect(rows.map(([cell]) => cell)).toEqual(kept.map((row) => String(row.id)));
  }

  it('runs jobs in workers only', async () => {
    const driver = await cluster.addDriver();
    await addBookings(driver, 5);
    const requested = await requestExport(cluster.api(0).http, driver.token);
    await sleep(3_000);
    expect((await exportStatus(requested)).body.status).toBe('pending');

    const worker = await cluster.launch('worker');
    const elsewhere = { ...requested, http: cluster.api(1).http };
    await waitForExport(elsewhere, 'completed');
    await expectWhole(elsewhere, driver);
    expect((await worker.stop()).code).toBe(0);
  }, 90_000);

  it('finishes the export of a killed worker', async () => {
    const driver = await cluster.addDriver();
    await addBookings(driver, BOOKINGS);
    const first = await cluster.launch('worker');
    const task = await requestExport(cluster.api(0).http, driver.token);
    const processed = async () => (await exportStatus(task)).body.processed;
    await expect.poll(processed, { timeout: 20_000, interval: 5 }).toBeGreaterThan(1_000);
    await first.stop('SIGKILL');
    expect((await exportStatus(task)).body.status).toBe('processing');

    const begin = performance.now();
    const second = await cluster.launch('worker');
    const resumed = { ...task, http: cluster.api(1).http };
    expect(await waitForExport(resumed, 'completed')).toMatchObject({ total_bookings: BOOKINGS });
    process.stdout.write(
      `taken over and finished in ${Math.round(performance.now() - begin)} ms\n`,
    );
    await expectWhole(resumed, driver);
    expect((await second.stop()).code).toBe(0);
  }, 150_000);

  it('finishes pending exports after Redis lost its data', async () => {
    const drivers = await cluster.addDrivers(5);
    const tasks: RequestedExport[] = [];
    for (const [index, driver] of drivers.entries()) {
      await addBookings(driver, 10);
      tasks.push(await requestExport(cluster.api(index).http, driver.token));
    }
    // The worker starts after the requests, and reconciles at its start.
    const worker = await cluster.launch('worker');
    for (const task of tasks) await waitForExport(task, 'completed');

    const big = await cluster.addDriver();
    await addBookings(big, 15_000);
    const running = await requestExport(cluster.api(0).http, big.token);
    const processed = async () => (await exportStatus(running)).body.processed;
    await expect.poll(processed, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
    worker.child.kill('SIGSTOP');
    const late = await cluster.addDrivers(3);
    const forgotten: RequestedExport[] = [];
    for (const [index, { token }] of late.entries()) {
      forgotten.push(await requestExport(cluster.api(index).http, token));
    }
    await flush();
    worker.child.kill('SIGCONT');
    for (const task of forgotten) await waitForExport(task, 'completed');
    await waitForExport(running, 'completed');
    await expectWhole(running, big);
    expect((await worker.stop()).code).toBe(0);
  }, 150_000);

  async function flush(): Promise<void> {
    const client = createClient({ url: cluster.redis.url });
    await client.connect();
    await client.flushAll();
    client.destroy();
  }

  it('runs each due period once', async () => {
    await using webhook = await GoogleChatServer.start();
    const expected = await cluster.sql<{ username: string }>(`
      SELECT username FROM accounts WHERE role = 'user' AND NOT EXISTS (
        SELECT 1 FROM reservations WHERE user_id = accounts.id AND parked_at > 1e12)`);
    // Installed long ago, so that today's reminders are due from the first minute of the day.
    await cluster.sql(`UPDATE accounts SET created_at = 0 WHERE role = 'admin'`);
    await cluster.sql(`DELETE FROM job_runs`);
    const due = { ...webhook.environment, REMINDER_HOUR: '0', REMINDER_MINUTE: '0' };
    const workers = await Promise.all([1, 2, 3].map(() => cluster.launch('worker', due)));
    const completed = () =>
      cluster.count(`SELECT COUNT(*) FROM job_runs
        WHERE name = 'daily-reminders' AND status = 'completed'`);
    await expect.poll(completed, { timeout: 40_000 }).toBe(1);
    // Each worker checks for due periods again every minute and reconciles every 15 s, without further effect.
    await sleep(17_000);
    const runs = await cluster.sql(`
      SELECT name, COUNT(*)::int AS runs FROM job_runs GROUP BY name, period ORDER BY name`);
    expect(runs).toEqual([
      { name: 'daily-reminders', runs: 1 },
      { name: 'monthly-reports', runs: 1 },
    ]);
    expect(webhook.named.toSorted()).toEqual(expected.map(({ username }) => username).toSorted());
    for (const worker of workers) expect((await worker.stop()).code).toBe(0);
  }, 120_000);
});
