import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import { findServerBinaries } from './test/support/servers/binaries.js';
import { findBrowser } from './test/support/servers/find-browser.js';
import { LongestFirst } from './test/support/app/longest-first.js';
import { SHORT_LIVED } from './test/support/processes/node-options.js';
import { useMemoryForTemporaryFiles } from './test/support/servers/memory-folder.js';

/**
 * Specs that also run on PostgreSQL, because the behaviour that they test depends on the database. The other
 * specs are about SQLite, about processes and their files, or about code that uses no database.
 */
const ON_BOTH = [
  'test/e2e/!(openapi)/**/!(cors|http|raw-paths).e2e.spec.ts',
  'test/integration/{analytics,jobs,parking}/**/!(chat|mailer|schedules|tariff-round-trip).spec.ts',
  'test/integration/{database/*query-plans,http/fuzz,tools/admin-command}.spec.ts',
  'test/integration/{exports/exports-{content,life},import-flask/import-flask-both}.spec.ts',
];

/**
 * Time zones of the processes that run the tests; no result may depend on them. One has a half-hour offset,
 * the other daylight saving time.
 */
const TIME_ZONES = { sqlite: 'Asia/Kolkata', postgres: 'America/New_York' };

const { missing } = findServerBinaries();
if (missing.length > 0) {
  const notice = `${missing.join(' and ')} not found on this machine`;
  if (process.env['CI']) throw new Error(`${notice}: the tests need both in CI`);
  const skipped = `SKIPPED: the tests on PostgreSQL, since ${notice}. Those are the specs that start servers themselves, such as test/integration/cluster, and, a second time, ${ON_BOTH.join(', ')}`;
  process.stderr.write(
    `\n*** ${skipped}\n*** On Debian: apt-get install postgresql redis-server\n\n`,
  );
}

if (!findBrowser()) {
  const notice = 'Chromium not found on this machine';
  if (process.env['CI']) throw new Error(`${notice}: the tests of the pages need it in CI`);
  process.stderr.write(`\n*** SKIPPED: test/integration/pages, since ${notice}\n\n`);
}

// Affects the temporary files of the tests, of the programs that they start, and of the servers.
useMemoryForTemporaryFiles();

export default defineConfig({
  // Vitest's own compiler omits the metadata of decorators, which Nest and TypeORM need.
  plugins: [swc.vite()],
  test: {
    pool: 'forks',
    execArgv: [...SHORT_LIVED],
    // A worker loads the program once: loading it for each file was half of all the work. Each file starts
    // its own applications and databases, and each test restores global state.
    isolate: false,
    // Most tests wait for timers and other processes more than they compute.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 90_000,
    hookTimeout: 90_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['{src,test,bench}/**/*.spec.ts'],
          env: { TZ: TIME_ZONES.sqlite },
        },
      },
      ...(missing.length > 0
        ? []
        : [
            {
              extends: true as const,
              test: {
                name: 'postgres',
                include: ON_BOTH,
                globalSetup: 'test/support/servers/global-setup.ts',
                env: { VPMS_TEST_DATABASE: 'postgres', TZ: TIME_ZONES.postgres },
              },
            },
          ]),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Except for the specs, the tests start these files as separate processes, which the coverage omits.
      exclude: [
        'src/**/*.spec.ts',
        'src/main.ts',
        'src/app/data-source.ts',
        'src/**/*-cli.ts',
        'src/platform/cache/redis-store.ts',
        'src/platform/database/migrations/migration-source.ts',
        'src/platform/queue/bull/{bull-dispatcher,bull-worker}.ts',
      ],
      reporter: ['text-summary', 'html'],
      thresholds: {
        lines: 90,
        'src/{parking,auth}/**': { lines: 90, branches: 90 },
      },
    },
  },
});
