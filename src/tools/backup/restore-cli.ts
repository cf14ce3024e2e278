import { performance } from 'node:perf_hooks';
import { Clock } from '../../platform/time/clock.js';
import { runCommand } from './command.js';
import { describeContents } from './contents.js';
import { restoreBackup } from './restore-backup.js';

runCommand({
  usage: 'Usage: npm run restore -- FILE [--force]',
  onPostgres: 'use pg_restore --exit-on-error --no-owner --dbname=NEW_DATABASE FILE',
  run: async ({ database, file, existing }) => {
    const start = performance.now();
    const { contents, previousDatabase } = await restoreBackup(
      { database, file, existing },
      new Clock().now(),
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    return [
      `Restored ${file} to ${database} in ${seconds} s: ${describeContents(contents)}.`,
      ...(previousDatabase ? [`The previous database is ${previousDatabase}.`] : []),
      ...(contents.isOlder ? ['The next start migrates its schema.'] : []),
      '',
    ].join('\n');
  },
});
