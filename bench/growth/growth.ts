import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { DatabaseKind } from '../database/bench-database.js';
import { brokenRules, countBookings } from '../database/checks.js';
import { startPostgresKind } from '../database/postgres.js';
import { prepare, type Prepared } from '../database/prepare.js';
import { SQLITE } from '../database/sqlite.js';
import { Connection } from '../driver/connection.js';
import { medianNumber } from '../report/figures.js';
import { digits, markdown } from '../report/table.js';
import { startVpms } from '../servers/subjects.js';
import { type Bound, OPERATIONS } from './operations.js';
import { citySize } from './sizes.js';

const USAGE = `npm run bench:growth -- [options]

  --sizes 1,10   how many times 1 lot of 500 spots, 100 drivers, 10,000 bookings
                 (1,10,100,1000; on PostgreSQL 1,10,100)
  --requests N   requests of each kind (300)
  --postgres     on PostgreSQL and Redis instead of SQLite
  --check        looks at all rules of the domain, which takes minutes where there are millions
  --json FILE    where the figures go (bench/.build/growth.json)
`;

/** What was measured of one size. */
interface Size {
  readonly times: number;
  readonly secondsToPrepare: number;
  /** Milliseconds until it listened, on the database as it was; the median of three starts. */
  readonly start: number;
  /** In MiB, after all requests. */
  readonly residentMemory: number | null;
  /** Milliseconds by operation. */
  readonly p50: Readonly<Record<string, number>>;
}

/** Measures how the answers' times grow with what there is; one request at a time. */
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
  if (values.help) return say(USAGE);
  const times = (values.sizes ?? (values.postgres ? '1,10,100' : '1,10,100,1000')).split(',');
  const kind = values.postgres ? await startPostgresKind() : SQLITE;
  const sizes: Size[] = [];
  try {
    for (const size of times.map(Number)) {
      sizes.push(await measureSize(kind, size, values));
    }
  } finally {
    await kind.close();
  }
  const load = loadavg()[0];
  writeFileSync(values.json, `${JSON.stringify({ database: kind.name, load, sizes }, null, 2)}\n`);
  say(`${table(sizes)}\n\nload ${load}; all figures: ${values.json}`);
}

interface Plan {
  readonly requests: string;
  readonly check: boolean;
}

async function measureSize(kind: DatabaseKind, times: number, plan: Plan): Promise<Size> {
  tell(`preparing ${times} times the data`);
  const begin = performance.now();
  const prepared = await prepare(kind, citySize(times));
  try {
    const secondsToPrepare = (performance.now() - begin) / 1_000;
    tell(`prepared in ${secondsToPrepare.toFixed(1)} s`);
    const figures = await measureOperations(prepared, Number(plan.requests));
    if (plan.check) {
      const [fault] = await brokenRules(kind, prepared.database);
      if (fault) throw new Error(fault);
    }
    return { times, secondsToPrepare, ...figures };
  } finally {
    await prepared.database.remove();
  }
}

async function measureOperations({ database, city }: Prepared, requests: number) {
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
    for (const { title, once } of OPERATIONS) {
      const durations: number[] = [];
      // The first tenth warms up.
      for (let n = -Math.ceil(requests / 10); n < requests; n += 1) {
        const milliseconds = await once(connection, city, n + requests);
        if (n >= 0) durations.push(milliseconds);
      }
      p50[title] = medianNumber(durations);
      tell(`${title}: ${digits(p50[title], 2)} ms`);
    }
    await connection.close();
    const after = await countBookings(database);
    if (after.active !== before.active) throw new Error('Not all bookings are released');
    return { start: medianNumber(starts), residentMemory: server.residentMebibytes(), p50 };
  } finally {
    await stop();
  }
}

function table(sizes: readonly Size[]): string {
  const row = (title: string, value: (size: Size) => number | null, decimals: number) => [
    title,
    ...sizes.map((size) => digits(value(size), decimals)),
  ];
  const head = ['p50 in ms', ...sizes.map(({ times }) => `× ${times}`), 'demanded', 'reached', ''];
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
    row('preparation, s', ({ secondsToPrepare }) => secondsToPrepare, 1),
  ]);
}

/** What is demanded of the largest size, what it has come to, and whether that is enough. */
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

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

// Whatever ends it, it leaves no server behind.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
main().catch((error: unknown) => {
  tell(String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
});
