import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { startPostgresKind } from './database/postgres.js';
import { prepare } from './database/prepare.js';
import { SQLITE } from './database/sqlite.js';
import { BadOption, type BenchOptions, readOptions, USAGE } from './options.js';
import { medianRows } from './report/figures.js';
import { describeMachine } from './report/machine.js';
import { figuresTable, targetsTable } from './report/table.js';
import { judge } from './report/targets.js';
import { type Entry, runRound } from './round.js';
import { BENCH_CITY, QUICK_CITY } from './scenarios/groups.js';
import { SCENARIOS } from './scenarios/index.js';

/** Runs the benchmark; docs/performance.md says what it measures. Ends with 1 after a wrong answer. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return say(USAGE);
  const machine = describeMachine();
  const kind = options.postgres ? await startPostgresKind() : SQLITE;
  const entries: Entry[] = [];
  const faults: string[] = [];
  try {
    tell('preparing the database');
    const prepared = await prepare(kind, options.quick ? QUICK_CITY : BENCH_CITY, options.against);
    try {
      for (let round = 0; round < options.rounds; round += 1) {
        tell(`round ${round + 1} of ${options.rounds}`);
        const { seconds, servers, against, profile: profiles } = options;
        const window = { seconds, warmUp: seconds / 4 };
        const scenarios = chosen(options);
        const plan = {
          round,
          kind,
          prepared,
          scenarios,
          servers,
          window,
          profiles,
          against,
          progress: tell,
        };
        const result = await runRound(plan);
        entries.push(...result.entries);
        faults.push(...result.faults);
      }
    } finally {
      await prepared.database.remove();
    }
  } finally {
    await kind.close();
  }

  const rows = medianRows(entries);
  const verdicts = judge(entries, kind.name);
  const loadAtEnd = loadavg()[0];
  const report = {
    database: kind.name,
    options,
    machine,
    loadAtEnd,
    verdicts,
    faults,
    rows,
    entries,
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  say(`${figuresTable(rows)}\n\n${targetsTable(verdicts)}\n`);
  say(
    `${machine.cores} cores, load ${machine.load} to ${loadAtEnd}, Node.js ${machine.node}, ` +
      `a synced write takes ${machine.syncMilliseconds.toFixed(2)} ms; all figures: ${options.json}`,
  );
  if (options.quick) say('Measured in passing: this shows that all works, not how fast it is.');
  for (const fault of new Set(faults)) say(`WRONG: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

function chosen({ only }: BenchOptions) {
  return only.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => only.includes(name));
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
  const isOurs = error instanceof BadOption;
  tell(
    isOurs ? `${error.message}\n\n${USAGE}` : String(error instanceof Error ? error.stack : error),
  );
  process.exitCode = 1;
});
