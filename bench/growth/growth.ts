import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { DatabaseKind } from '../database/bench-database.js';
import { violatedRules, countBookings } from '../database/checks.js';
import { startPostgresKind } from '../database/postgres.js';
import { prepare, type Prepared } from '../database/prepare.js';
import { SQLITE } from '../database/sqlite.js';
import { Connection } from '../client/connection.js';
import { medianNumber } from '../report/medians.js';
import { digits, markdown } from '../report/table.js';
import { startVpms } from '../servers/subjects.js';
import { type Bound, OPERATIONS, waitForAnalytics } from './operations.js';
import { citySize } from './sizes.js';

const USAGE = `npm run bench:growth -- [options]

  --sizes 1,10   multiples of 1 lot with 500 spots, 100 drivers, 10,000 bookings
                 (1,10,100,1000; on PostgreSQL 1,10,100)
  --requests N   number of requests of each kind (300)
  --postgres     on PostgreSQL and Redis instead of SQLite
  --check        checks all rules of the domain, which takes minutes for millions of rows
  --json FILE    file for the results (bench/.build/growth.json)
`;

/** The results for one size of the database. */
interface SizeResult {
  readonly times: number;
  readonly secondsToPrepare: number;
  /** Milliseconds from the start of the process until it listened; median of three starts. */
  readonly start: number;
  /** In MiB, after all requests. */
  readonly residentMemory: number | null;
  /** Seconds from the start of a process until the hours of all bookings are summed. */
  readonly backfill: number;
  /** Median duration of each operation, in milliseconds. */
  readonly p50: Readonly<Record<string, number>>;
}

/** Measures how response times grow with the amount of data, with one request at a time. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string' },
      requests: { type: 'string', default: '300' },
      postgres: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      json: { type: 'string', default: 'bench/.build/growth.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(USAGE);
  const times = (values.sizes ?? (values.postgres ? '1,10,100' : '1,10,100,1000')).split(',');
  const kind = values.postgres ? await startPostgresKind() : SQLITE;
  const sizes: SizeResult[] = [];
  try {
    for (const size of times.map(Number)) {
      sizes.push(await measureSize(kind, size, values));
    }
  } finally {
    await kind.close();
  }
  const load = loadavg()[0];
  writeFileSync(values.json, `${JSON.stringify({ database: kind.name, load, sizes }, null, 2)}\n`);
  print(`${table(sizes)}\n\nload ${load}; all results: ${values.json}`);
}

interface Plan {
  readonly requests: string;
  readonly check: boolean;
}

async function measureSize(kind: DatabaseKind, times: number, plan: Plan): Promise<SizeResult> {
  printProgress(`preparing ${times} times the data`);
  const begin = performance.now();
  const prepared = await prepare(kind, citySize(times));
  try {
    const secondsToPrepare = (performance.now() - begin) / 1_000;
    printProgress(`prepared in ${secondsToPrepare.toFixed(1)} s`);
    const results = await measureOperations(prepared, Number(plan.requests));
    if (plan.check) {
      const [violation] = await violatedRules(kind, prepared.database);
      if (violation) throw new Error(violation);
    }
    return { times, secondsToPrepare, ...results };
  } finally {
    await prepared.database.remove();
  }
}

async function measureOperations({ database, city }: Prepared, requests: number) {
  const backfill = await measureBackfill({ database, city });
  const starts: number[] = [];
  for (let start = 0; start < 2; start += 1) {
    const { server, stop } = await startVpms(database);
    starts.push(server.startTime);
    await stop();
  }
  const before = await countBookings(database);
  const { server, stop } = await startVpms(database);
  starts.push(server.startTime);
  const p50: Record<string, number> = {};
  try {
    const connection = new Connection(server.origin);
    for (const { title, run } of OPERATIONS) {
      const durations: number[] = [];
      // The iterations with a negative number are a warm-up and are not recorded.
      for (let n = -Math.ceil(requests / 10); n < requests; n += 1) {
        const milliseconds = await run(connection, city, n + requests);
        if (n >= 0) durations.push(milliseconds);
      }
      p50[title] = medianNumber(durations);
      printProgress(`${title}: ${digits(p50[title], 2)} ms`);
    }
    await connection.close();
    const after = await countBookings(database);
    if (after.active !== before.active) throw new Error('Not all bookings are released');
    return {
      backfill,
      start: medianNumber(starts),
      residentMemory: server.residentMebibytes(),
      p50,
    };
  } finally {
    await stop();
  }
}

/** The seconds that a new version takes to sum the past hours after an upgrade. */
async function measureBackfill({ database, city }: Prepared): Promise<number> {
  await database.query(`UPDATE summed_hours SET ends_at = 0`);
  await database.query(
    `INSERT INTO jobs (id, name, payload, run_at, status, attempts, created_at)
      VALUES ('backfill', 'hourly-sums', '{"v":1}', 0, 'pending', 0, 0)`,
  );
  const { server, stop } = await startVpms(database);
  try {
    const begin = performance.now();
    const connection = new Connection(server.origin);
    await waitForAnalytics(connection, city);
    await connection.close();
    const seconds = (performance.now() - begin) / 1_000;
    const memory = server.residentMebibytes();
    printProgress(`hours summed in ${seconds.toFixed(1)} s, resident memory ${memory} MiB`);
    return seconds;
  } finally {
    await stop();
  }
}

function table(sizes: readonly SizeResult[]): string {
  const row = (title: string, value: (size: SizeResult) => number | null, decimals: number) => [
    title,
    ...sizes.map((size) => digits(value(size), decimals)),
  ];
  const head = ['p50 in ms', ...sizes.map(({ times }) => `× ${times}`), 'required', 'result', ''];
  return markdown(head, [
    ...OPERATIONS.map(({ title, bound }) => [
      ...row(title, ({ p50 }) => p50[title] ?? NaN, 2),
      ...verdict(
        sizes.map(({ p50 }) => p50[title] ?? NaN),
        bound,
      ),
    ]),
    [
      ...row('start', ({ start }) => start, 0),
      ...verdict(
        sizes.map(({ start }) => start),
        { kind: 'milliseconds', most: 2_000 },
      ),
    ],
    row('resident memory, MiB', ({ residentMemory }) => residentMemory, 0),
    row('sums of all hours, s', ({ backfill }) => backfill, 1),
    row('preparation, s', ({ secondsToPrepare }) => secondsToPrepare, 1),
  ]);
}

/** The requirement for the largest size, its result, and whether it is met. */
function verdict(values: readonly number[], bound: Bound): string[] {
  const [first = NaN, last = NaN] = [values[0], values.at(-1)];
  if (bound.kind === 'milliseconds') {
    return [`< ${bound.most} ms`, `${digits(last, 0)} ms`, last < bound.most ? 'met' : 'missed'];
  }
  const growth = last / first;
  return [
    `< × ${bound.factor}`,
    `× ${digits(growth, 2)}`,
    growth < bound.factor ? 'met' : 'missed',
  ];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}

// Exit through `exit` handlers, which stop the servers.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
main().catch((error: unknown) => {
  printProgress(String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
});
