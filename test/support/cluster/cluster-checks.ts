import { expect } from 'vitest';
import type { Cluster, Driver } from './cluster.js';
import type { RunningCluster } from './use-cluster.js';
import { violationsIn } from '../checks/rules.js';

/** Expects that the database satisfies all rules of the domain. */
export async function expectNoViolations(cluster: Database): Promise<void> {
  const query = (sql: string) => cluster.sql(sql);
  expect(await violationsIn({ kind: 'postgres', query })).toEqual({});
}

type Database = Pick<Cluster, 'sql' | 'count'>;

/**
 * Expects that every cached response on every instance equals the database. There must be no writes
 * meanwhile.
 */
export async function expectFreshResponses(
  cluster: RunningCluster,
  drivers: readonly Driver[],
): Promise<void> {
  const { apis, admin } = cluster;
  const available = await availableLots(cluster);
  const expected = await adminStatistics(cluster);
  for (const { http } of apis) {
    const statistics = await http.get('/api/admin/stats', { token: admin });
    expect(statistics.body).toEqual(expected);
    const [first] = drivers;
    const lots = await http.get('/api/user/parking-lots/available', { token: first?.token ?? '' });
    const shown = lots.body.map((lot: Record<string, unknown>) => [
      lot['id'],
      lot['available_spots'],
    ]);
    expect(shown).toEqual(available);
    for (const { id, token } of drivers) {
      const { body } = await http.get('/api/user/stats', { token });
      expect(body, `driver ${id}`).toMatchObject(await driverStatistics(cluster, id));
    }
  }
}

/** Id and number of free spots of each lot with a free spot. */
async function availableLots(cluster: Database): Promise<unknown[]> {
  const rows = await cluster.sql<{ id: number; free: number }>(`
    SELECT lot_id AS id, COUNT(*) AS free FROM spots WHERE status = 'A' AND retired_at IS NULL
    GROUP BY lot_id ORDER BY lot_id`);
  return rows.map(({ id, free }) => [id, free]);
}

async function adminStatistics(cluster: Database): Promise<Record<string, number>> {
  const spots = `SELECT COUNT(*) FROM spots WHERE retired_at IS NULL`;
  return {
    totalLots: await cluster.count(`SELECT COUNT(*) FROM lots WHERE retired_at IS NULL`),
    totalSpots: await cluster.count(spots),
    occupiedSpots: await cluster.count(`${spots} AND status = 'O'`),
    availableSpots: await cluster.count(`${spots} AND status = 'A'`),
    totalUsers: await cluster.count(`SELECT COUNT(*) FROM accounts WHERE role = 'user'`),
    activeReservations: await cluster.count(
      `SELECT COUNT(*) FROM reservations WHERE left_at IS NULL`,
    ),
    totalRevenue: await cluster.count(`SELECT COALESCE(SUM(cost), 0) / 100 FROM reservations`),
  };
}

async function driverStatistics(cluster: Database, id: number): Promise<Record<string, number>> {
  const [row] = await cluster.sql<Record<string, string>>(
    `SELECT COUNT(*) AS "totalBookings", COUNT(*) - COUNT(left_at) AS "activeBookings",
      COALESCE(SUM(cost), 0) / 100 AS "totalSpent" FROM reservations WHERE user_id = $1`,
    [id],
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, text]) => [name, Number(text)]));
}
