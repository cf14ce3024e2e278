import { expect } from 'vitest';
import { type Cluster, type Driver } from './cluster.js';
import type { VpmsProcess } from './processes.js';

/** Each query finds what must not be, in PostgreSQL's words. */
const RULES: Readonly<Record<string, string>> = {
  'a lot counts its spots that are not retired': `
    SELECT id FROM lots WHERE retired_at IS NULL AND number_of_spots <>
      (SELECT COUNT(*) FROM spots WHERE lot_id = lots.id AND spots.retired_at IS NULL)`,
  'a spot is occupied exactly where an active reservation is': `
    SELECT id, status FROM spots WHERE (status = 'O') <> EXISTS (
      SELECT 1 FROM reservations WHERE spot_id = spots.id AND left_at IS NULL)`,
  'a spot has one active reservation at the most': `
    SELECT spot_id FROM reservations WHERE left_at IS NULL GROUP BY spot_id HAVING COUNT(*) > 1`,
  'a driver has one active reservation at the most': `
    SELECT user_id FROM reservations WHERE left_at IS NULL GROUP BY user_id HAVING COUNT(*) > 1`,
  'nobody stands on a retired spot or lot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = spot_id JOIN lots ON lots.id = r.lot_id
    WHERE left_at IS NULL AND (spots.retired_at IS NOT NULL OR lots.retired_at IS NOT NULL)`,
  'a reservation is for a spot of its lot': `
    SELECT r.id FROM reservations r JOIN spots ON spots.id = spot_id WHERE spots.lot_id <> r.lot_id`,
  'no two stays on one spot overlap': overlapping('spot_id'),
  'no two stays of one driver overlap': overlapping('user_id'),
  'a stay costs the started hours at the agreed price': `
    SELECT id, cost FROM reservations WHERE left_at IS NOT NULL
      AND cost <> price_per_hour * GREATEST(1, (left_at - parked_at + 3599999) / 3600000)`,
  "a driver's totals are those of the reservations": `
    SELECT user_id FROM reservations LEFT JOIN driver_totals t USING (user_id)
    GROUP BY user_id, t.bookings, t.spent
    HAVING COUNT(*) IS DISTINCT FROM t.bookings
      OR COALESCE(SUM(cost), 0) IS DISTINCT FROM t.spent`,
};

/** Stays that begin before an earlier one of the same spot or driver has ended. */
function overlapping(column: 'spot_id' | 'user_id'): string {
  return `SELECT * FROM (
    SELECT id, ${column}, parked_at, MAX(COALESCE(left_at, 9e15)) OVER (
      PARTITION BY ${column} ORDER BY parked_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS taken_until FROM reservations
  ) AS stay WHERE taken_until > parked_at`;
}

/** No rule of the domain is broken in the database. */
export async function expectInOrder(cluster: Cluster): Promise<void> {
  const violations: Record<string, unknown[]> = {};
  for (const [rule, query] of Object.entries(RULES)) {
    const rows = await cluster.sql(`${query} LIMIT 5`);
    if (rows.length > 0) violations[rule] = rows;
  }
  expect(violations).toEqual({});
}

interface Answers {
  readonly apis: readonly VpmsProcess[];
  readonly admin: string;
  readonly drivers: readonly Driver[];
}

/** Every cached answer, on every instance, is what the database says; nothing may be writing. */
export async function expectNothingStale(cluster: Cluster, answers: Answers): Promise<void> {
  const { apis, admin, drivers } = answers;
  const available = await availableLots(cluster);
  const figures = await adminFigures(cluster);
  for (const { http } of apis) {
    const statistics = await http.get('/api/admin/stats', { token: admin });
    expect(statistics.body).toEqual(figures);
    const [first] = drivers;
    const lots = await http.get('/api/user/parking-lots/available', { token: first?.token ?? '' });
    const shown = lots.body.map((lot: Record<string, unknown>) => [
      lot['id'],
      lot['available_spots'],
    ]);
    expect(shown).toEqual(available);
    for (const { id, token } of drivers) {
      const { body } = await http.get('/api/user/stats', { token });
      expect(body, `driver ${id}`).toMatchObject(await driverFigures(cluster, id));
    }
  }
}

/** Id and number of free spots of each lot that has one. */
async function availableLots(cluster: Cluster): Promise<unknown[]> {
  const rows = await cluster.sql<{ id: number; free: number }>(`
    SELECT lot_id AS id, COUNT(*) AS free FROM spots WHERE status = 'A' AND retired_at IS NULL
    GROUP BY lot_id ORDER BY lot_id`);
  return rows.map(({ id, free }) => [id, free]);
}

async function adminFigures(cluster: Cluster): Promise<Record<string, number>> {
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

async function driverFigures(cluster: Cluster, id: number): Promise<Record<string, number>> {
  const [row] = await cluster.sql<Record<string, string>>(
    `SELECT COUNT(*) AS "totalBookings", COUNT(*) - COUNT(left_at) AS "activeBookings",
      COALESCE(SUM(cost), 0) / 100 AS "totalSpent" FROM reservations WHERE user_id = $1`,
    [id],
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, text]) => [name, Number(text)]));
}
