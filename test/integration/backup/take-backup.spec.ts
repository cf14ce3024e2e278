import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackupRefused } from '../../../src/tools/backup/backup-refused.js';
import type { Existing } from '../../../src/tools/backup/command.js';
import { PartFile } from '../../../src/tools/backup/part-file.js';
import { takeBackup } from '../../../src/tools/backup/take-backup.js';
import { auditOf, BackupFiles } from '../../support/processes/backup-files.js';
import { runCli } from '../../support/processes/run-cli.js';

/** Enough bytes for a copy in several steps. */
const SEVERAL_STEPS = 12_000_000;
/** More writes than the copy has steps. */
const MANY = 300;
const NOW = new Date('2026-03-01T09:30:00.123Z');

describe('backup', () => {
  let files: BackupFiles;

  beforeEach(async () => {
    files = new BackupFiles();
    await files.make(files.database);
  });
  afterEach(() => files[Symbol.dispose]());

  const take = (file = files.file, existing: Existing = 'refuse') =>
    takeBackup({ database: files.database, file, existing }, NOW);
  const change = (sql: string) => {
    const database = new Database(files.database);
    database.exec(sql);
    database.close();
  };

  it('writes a single file with the state at its start', async () => {
    const program = new Database(files.database);
    program.exec('CREATE TABLE numbers (number integer)');
    program.exec(`CREATE TABLE ballast AS SELECT randomblob(${SEVERAL_STEPS})`);
    // Writes between the steps of the copy.
    let written = 0;
    const write = () => {
      written += 1;
      program.exec('INSERT INTO numbers VALUES (1)');
      if (written < MANY) writing = setImmediate(write);
    };
    let writing = setImmediate(write);
    const contents = await take();
    clearImmediate(writing);
    program.close();
    expect(written).toBeGreaterThan(3);
    const copy = new Database(files.file, { readonly: true });
    expect(copy.prepare('SELECT COUNT(*) FROM numbers').pluck().get()).toBeLessThan(2);
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    copy.close();
    expect(contents).toMatchObject({ accounts: 0, isOlder: false });
    expect(auditOf(files.database)).toEqual([
      {
        recorded_at: NOW.getTime(),
        action: 'database.backed-up',
        actor_name: 'command line',
        target_type: 'database',
        values_after: JSON.stringify({ file: files.file, bytes: contents.bytes, bookings: 0 }),
      },
    ]);
    expect(auditOf(files.file)).toEqual([]);
    expect(files.list(files.backups)).toEqual(['today.db']);
    expect(statSync(files.file).mode & 0o777).toBe(0o600);
  });

  it.each<readonly [what: string, message: (files: BackupFiles) => string]>([
    [
      'an existing file',
      ({ file }) => `${file} already exists: choose another name, or add --force`,
    ],
    ['a folder', ({ file }) => `${file} is not a file`],
    ['a missing folder', ({ backups }) => `There is no folder ${backups}`],
  ])('refuses %s', async (what, message) => {
    if (what === 'an existing file') writeFileSync(files.file, 'of yesterday');
    if (what === 'a folder') mkdirSync(files.file);
    if (what === 'a missing folder') execFileSync('rm', ['-r', files.backups]);
    await expect(take()).rejects.toThrow(new BackupRefused(message(files)));
    expect(auditOf(files.database)).toEqual([]);
    if (what === 'an existing file') expect(readFileSync(files.file, 'utf8')).toBe('of yesterday');
  });

  it('copies a database of a version without an audit log', async () => {
    const old = join(files.dataDirectory, 'old.db');
    await files.make(old, 1);
    const order = { database: old, file: files.file, existing: 'refuse' } as const;
    expect(await takeBackup(order, NOW)).toMatchObject({ isOlder: true });
    expect(await takeBackup({ ...order, existing: 'replace' }, NOW)).toMatchObject({
      isOlder: true,
    });
  });

  it('replaces a file with --force, but never the database', async () => {
    writeFileSync(files.file, 'of yesterday');
    await take(files.file, 'replace');
    expect(readFileSync(files.file, 'latin1')).toMatch(/^SQLite format 3/);
    const link = join(files.backups, 'link.db');
    symlinkSync(files.database, link);
    for (const file of [files.database, link]) {
      await expect(take(file, 'replace')).rejects.toThrow(`${file} is the database itself`);
    }
    expect(files.list(files.backups)).toEqual(['link.db', 'today.db']);
  });

  it('reports a missing database and creates none', async () => {
    const database = join(files.dataDirectory, 'other.db');
    const order = { database, file: files.file, existing: 'refuse' } as const;
    await expect(takeBackup(order, NOW)).rejects.toThrow(
      `There is no database ${database}: set DATA_DIR`,
    );
    expect(files.list(files.dataDirectory)).not.toContain('other.db');
  });

  it('refuses a damaged database and one of another program', async () => {
    change(
      "PRAGMA foreign_keys = OFF; INSERT INTO spots (lot_id, number, status, created_at) VALUES (7, 1, 'A', 0)",
    );
    await expect(take()).rejects.toThrow(
      `${files.database} is damaged: a row of spots refers to a missing row of lots`,
    );
    change('DELETE FROM spots; DROP TABLE migrations');
    await expect(take()).rejects.toThrow(`${files.database} is not a database of VPMS`);
    writeFileSync(files.database, 'A shopping list.\n'.repeat(500));
    await expect(take()).rejects.toThrow(
      `${files.database} cannot be copied to ${files.file}.part: file is not a database`,
    );
    expect(files.list(files.backups)).toEqual([]);
  });

  it('replaces the remains of an interrupted run, but not a file that is being written', async () => {
    writeFileSync(`${files.file}.part`, 'half of it');
    await take();
    expect(readFileSync(files.file, 'latin1')).toMatch(/^SQLite format 3/);
    const [first, second] = [new PartFile(files.file), new PartFile(files.file)];
    expect(() => first.publish()).toThrow(`Another run is writing ${files.file} at the same time`);
    first[Symbol.dispose]();
    second.publish();
    expect(statSync(files.file).size).toBe(0);
  });

  it('leaves no partial file if the disk is full', () => {
    change('CREATE TABLE ballast AS SELECT randomblob(2000000) AS bytes');
    const command = `ulimit -f 1000; exec "$0" dist/tools/backup/backup-cli.js "$1"`;
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', command, process.execPath, files.file],
      {
        env: { ...process.env, DATA_DIR: files.dataDirectory },
        encoding: 'utf8',
      },
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^\S+ cannot be copied to \S+\.part: [^\n]+\n$/);
    expect(files.list(files.backups)).toEqual([]);
  });

  it('prints its usage, and what to use on PostgreSQL', async () => {
    const usage = { code: 1, stdout: '', stderr: 'Usage: npm run backup -- FILE [--force]\n' };
    expect(await files.backUp()).toEqual(usage);
    expect(await files.backUp(files.file, '--all')).toEqual(usage);
    const onPostgres = await runCli('tools/backup/backup-cli.js', {
      args: [files.file],
      environment: { DATABASE_URL: 'postgres://vpms:secret@127.0.0.1/vpms' },
    });
    expect(onPostgres).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'The database is PostgreSQL: use pg_dump --format=custom --file=FILE "$DATABASE_URL" (docs/backup.md)\n',
    });
  });
});
