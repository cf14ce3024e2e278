import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PostgresSettings } from '../../../src/platform/config/configuration.js';
import { migratePostgres, openPostgres } from '../../../src/platform/database/postgres/postgres.js';
import { BackupFiles } from '../../support/processes/backup-files.js';
import { startPostgres } from '../../support/servers/postgres-server.js';
import type { ThrowawayServer } from '../../support/servers/throwaway-server.js';
import { describeWithServers } from '../../support/servers/with-servers.js';

const PAGE = readFileSync(new URL('../../../docs/backup.md', import.meta.url), 'utf8');

/** The commands of docs/backup.md that make and restore a dump. */
function dumpCommands(): string {
  const section = PAGE.slice(PAGE.indexOf('## PostgreSQL'), PAGE.indexOf('A dump loses'));
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
}

describeWithServers('a backup of PostgreSQL', () => {
  let server: ThrowawayServer;
  let files: BackupFiles;

  beforeAll(async () => {
    server = await startPostgres();
    files = new BackupFiles();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    files[Symbol.dispose]();
  });

  const settingsOf = (url: string): PostgresSettings => ({
    kind: 'postgres',
    url,
    poolSize: 2,
    connectTimeout: 10_000,
    statementTimeout: 10_000,
  });

  it('is made and restored by the commands of docs/backup.md', async () => {
    await migratePostgres(settingsOf(server.url));
    const original = await openPostgres(settingsOf(server.url), []);
    await original.query(
      `INSERT INTO lots (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
      VALUES ('kept', '1 Main Street', '110001', 5000, 1, 0, 0)`,
    );
    await original.destroy();
    const output = execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', dumpCommands()], {
      cwd: files.folder,
      env: { PATH: process.env['PATH'], DATABASE_URL: server.url },
      encoding: 'utf8',
    });
    expect(output).toMatch(/count.*max/);
    const url = new URL(server.url);
    url.pathname = 'vpms_restored';
    const restored = await openPostgres(settingsOf(url.href), []);
    expect(await restored.query('SELECT name FROM lots')).toEqual([{ name: 'kept' }]);
    await restored.destroy();
  });
});
