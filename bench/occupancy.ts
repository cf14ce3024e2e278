import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { listAllLotViews } from '../src/parking/lots/lot-queries.js';
import { nearestPage } from '../src/parking/lots/nearest.js';
import { readFigures } from '../src/parking/occupancy/figures.js';
import type { Tx } from '../src/platform/database/tx.js';
import { HOUR, MINUTE } from '../src/platform/time/durations.js';
import { openTransactions } from '../src/tools/open-transactions.js';

/**
 * Measures, on SQLite, how long it takes to read the figures of all lots, which the occupancy stream does
 * twice a second, and to find the lots near a point. There are a thousand lots, each with 30 parked cars and
 * 10 bookings ahead. Run it with `npm run bench:occupancy`; docs/limits.md has a result.
 */
const LOTS = 1_000;
const REPETITIONS = 100;
const NOW = Date.parse('2026-03-02T12:00Z');
const CENTRE = { latitude: 28.6315, longitude: 77.2167 };

const folder = mkdtempSync(join(tmpdir(), 'vpms-bench-'));
const opened = await openTransactions({ kind: 'sqlite', file: join(folder, 'vpms.db') });
try {
  await opened.transactions.run(insertRows);
  const figures = await repeat(() => opened.transactions.run((tx) => readFigures(tx, NOW)));
  report('the figures of all lots', figures);
  const lots = await opened.transactions.run((tx) => listAllLotViews(tx, NOW));
  const near = await repeat(() =>
    nearestPage(lots, { position: CENTRE, radius: 5_000 }, { limit: 500 }),
  );
  report('the lots near a point, from those in memory', near);
} finally {
  await opened[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}

async function insertRows(tx: Tx): Promise<void> {
  await tx.sql`
    WITH RECURSIVE step (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < ${LOTS})
    INSERT INTO lots (id, name, address, pin_code, price_per_hour, number_of_spots, latitude, longitude,
      created_at, updated_at)
    SELECT n, 'Lot ' || n, 'Here', '110001', 4000, 50, 28.4 + (n % 40) * 0.01, 77 + n * 0.0005, 0, 0
    FROM step`;
  await tx.sql`
    WITH RECURSIVE step (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < ${LOTS * 50})
    INSERT INTO spots (id, lot_id, number, status, created_at)
    SELECT n, 1 + (n - 1) / 50, 1 + (n - 1) % 50, CASE WHEN (n - 1) % 50 < 30 THEN 'O' ELSE 'A' END, 0
    FROM step`;
  await tx.sql`
    INSERT INTO accounts (id, username, username_key, email, email_key, password_hash, role, created_at,
      updated_at)
    SELECT id + 100, 'd' || id, 'd' || id, 'd' || id, 'd' || id, '-', 'user', 0, 0 FROM spots`;
  await tx.sql`
    INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, price_per_hour, created_at,
      updated_at)
    SELECT id, lot_id, id + 100, 'active', ${NOW - HOUR}, 4000, 0, 0 FROM spots WHERE status = 'O'`;
  // Half of the bookings begin within an hour, so their spots count as taken now.
  await tx.sql`
    INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at, cost, reserved_from,
      reserved_until, claim_from, claim_until, lapses_at, due_at, price_per_hour, created_at, updated_at)
    SELECT id, lot_id, id + 100, 'reserved', start, start + ${HOUR}, 0, start, start + ${HOUR}, start,
      start + ${HOUR}, start + ${HOUR}, start + ${HOUR}, 4000, 0, 0
    FROM (SELECT id, lot_id, ${NOW + 10 * MINUTE} + (number % 2) * ${2 * HOUR} AS start FROM spots
      WHERE number > 40)`;
}

async function repeat(work: () => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times;
}

function report(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const [middle = 0, longest = 0] = [sorted[times.length >> 1], sorted.at(-1)];
  process.stdout.write(
    `${what}: ${middle.toFixed(2)} ms median, ${longest.toFixed(2)} ms longest\n`,
  );
}
