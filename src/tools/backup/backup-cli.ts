import { performance } from 'node:perf_hooks';
import { Clock } from '../../platform/time/clock.js';
import { runCommand } from './command.js';
import { describeContents } from './contents.js';
import { takeBackup } from './take-backup.js';

runCommand({
  usage: 'Usage: npm run backup -- FILE [--force]',
  onPostgres: 'use pg_dump --format=custom --file=FILE "$DATABASE_URL"',
  run: async (options) => {
    const start = performance.now();
    const contents = describeContents(await takeBackup(options, new Clock().now()));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    return `Backed up ${options.database} to ${options.file} in ${seconds} s: ${contents}.\n`;
  },
});
