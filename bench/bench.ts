import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { startPostgresKind } from './database/postgres.js';
import { prepare } from './database/prepare.js';
import { SQLITE } from './database/sqlite.js';
import { InvalidOption, type BenchOptions, readOptions, USAGE } from './options.js';
import { medianRows } from './report/medians.js';
import { describeMachine } from './report/machine.js';
import { resultsTable, targetsTable } from './report/table.js';
import { evaluateTargets } from './report/targets.js';
import {
  type MeasurementEntry,
  type Participant,
  runRound,
  WARM_UP,
  withParticipants,
} from './round.js';
import { BENCH_CITY, QUICK_CITY } from './scenarios/groups.js';
import { SCENARIOS } from './scenarios/index.js';

/** Runs the benchmark (docs/performance.md). Exits with 1 after a wrong response. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return print(USAGE);
  const machine = describeMachine();
  const kind = options.postgres ? await startPostgresKind() : SQLITE;
  const entries: MeasurementEntry[] = [];
  const errors: string[] = [];
  try {
    printProgress('preparing the database');
    const prepared = await prepare(kind, options.quick ? QUICK_CITY : BENCH_CITY, options.against);
    try {
      const { seconds, servers, warm, against, profile: profiles } = options;
      const window = { seconds, warmUp: seconds / 4 };
      const scenarios = chosenScenarios(options);
      const progress = printProgress;
      const plan = {
        kind,
        prepared,
        scenarios,
        servers,
        window,
        warm,
        profiles,
        against,
        progress,
      };
      const measure = async (round: number, participants: readonly Participant[]) => {
        printProgress(`round ${round + 1} of ${options.rounds}`);
        const result = await runRound(round, plan, participants);
        entries.push(...result.entries);
        errors.push(...result.errors);
      };
      const rounds = Array.from({ length: options.rounds }, (_, round) => round);
      if (warm) {
        await withParticipants(plan, async (participants) => {
          printProgress('a round that warms up the servers');
          errors.push(...(await runRound(WARM_UP, plan, participants)).errors);
          for (const round of rounds) await measure(round, participants);
        });
      } else {
        for (const round of rounds) {
          await withParticipants(plan, (participants) => measure(round, participants));
        }
      }
    } finally {
      await prepared.database.remove();
    }
  } finally {
    await kind.close();
  }

  const rows = medianRows(entries);
  const verdicts = evaluateTargets(entries, kind.name);
  const loadAtEnd = loadavg()[0];
  const report = {
    database: kind.name,
    options,
    machine,
    loadAtEnd,
    verdicts,
    errors,
    rows,
    entries,
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  print(`${resultsTable(entries)}\n\n${targetsTable(verdicts)}\n`);
  print(
    `${machine.cores} cores, load ${machine.load} to ${loadAtEnd}, Node.js ${machine.node}, ` +
      `a synced write takes ${machine.syncMilliseconds.toFixed(2)} ms; all results: ${options.json}`,
  );
  if (options.quick)
    print('A quick run checks that the benchmark works; its results are not meaningful.');
  for (const error of new Set(errors)) print(`WRONG: ${error}`);
  if (errors.length > 0) process.exitCode = 1;
}

function chosenScenarios({ only }: BenchOptions) {
  return only.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => only.includes(name));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}

// Exits with `process.exit`, so that the `exit` handlers stop the servers.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
main().catch((error: unknown) => {
  const isExpected = error instanceof InvalidOption;
  printProgress(
    isExpected
      ? `${error.message}\n\n${USAGE}`
      : String(error instanceof Error ? error.stack : error),
  );
  process.exitCode = 1;
});
