import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import { findServerBinaries } from './test/support/servers/binaries.js';
import { findBrowser } from './test/support/servers/find-browser.js';
import { LongestFirst } from './test/support/app/longest-first.js';
import { useMemoryForTemporaryFiles } from './test/support/servers/memory-folder.js';

/**
 * What runs on PostgreSQL as well: what drivers, operators and the domain can see of a database.
 * The rest is about SQLite, about processes and their files, or about no database at all.
 */
const ON_BOTH = [
  'test/e2e/**/*.spec.ts',
  'test/integration/{analytics,lots,query-plans,*races,reservations,statistics,storm}.spec.ts',
  'test/integration/{admin-command,ahead-model,gate-model,fuzz,parking-properties}.spec.ts',
  'test/integration/{exports-content,exports-life,import-flask-both}.spec.ts',
  'test/integration/jobs/!(chat|mailer).spec.ts',
];

const { missing } = findServerBinaries();
if (missing.length > 0) {
  const notice = `${missing.join(' and ')} not found on this machine`;
  if (process.env['CI']) throw new Error(`${notice}: the tests need both in CI`);
  const skipped = `SKIPPED: the tests on PostgreSQL, since ${notice}. Those are: test/integration/cluster and, a second time, ${ON_BOTH.join(', ')}`;
  process.stderr.write(
    `\n*** ${skipped}\n*** On Debian: apt-get install postgresql redis-server\n\n`,
  );
}

if (!findBrowser()) {
  const notice = 'Chromium not found on this machine';
  if (process.env['CI']) throw new Error(`${notice}: the tests of the pages need it in CI`);
  process.stderr.write(
    `\n*** SKIPPED: test/integration/{board-browser,pages-in-browser}.spec.ts, since ${notice}\n\n`,
  );
}

// Of the tests, of what they start, and of the servers: all of it inherits this.
useMemoryForTemporaryFiles();

export default defineConfig({
  // Vitest's own compiler leaves out the metadata of decorators, which Nest and TypeORM live on.
  plugins: [swc.vite()],
  test: {
    pool: 'forks',
    // A worker loads the program once, and not again for each file: that was half of all the work.
    // Every test makes its own application and database; what is global, it puts back.
    isolate: false,
    // Most of them wait for timers and for others' processes more than they compute.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 90_000,
    hookTimeout: 90_000,
    projects: [
      {
        extends: true,
        test: { name: 'sqlite', include: ['{src,test,bench}/**/*.spec.ts'] },
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
                env: { VPMS_TEST_DATABASE: 'postgres' },
              },
            },
          ]),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Started as processes of their own by the tests, out of the coverage's sight.
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
