import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackupRefused } from '../../../src/tools/backup/backup-refused.js';
import type { Existing } from '../../../src/tools/backup/command.js';
import { withExclusiveDatabase } from '../../../src/tools/backup/with-exclusive-database.js';
import { restoreBackup } from '../../../src/tools/backup/restore-backup.js';
import { takeBackup } from '../../../src/tools/backup/take-backup.js';
import { openWriteDatabase } from '../../../src/platform/database/data-sources.js';
import { auditOf, BackupFiles } from '../../support/processes/backup-files.js';
import { runCli } from '../../support/processes/run-cli.js';

const NOW = new Date('2026-03-01T09:30:00.123Z');
const ASIDE = 'vpms.db.before-restore-20260301T093000123Z';
/** The id of a user other than root. */
const SOMEBODY = 65_534;

describe('restore', () => {
  let files: BackupFiles;

  beforeEach(async () => {
    files = new BackupFiles();
    await files.make(files.database);
    await takeBackup({ database: files.database, file: files.file, existing: 'refuse' }, NOW);
    for (const suffix of ['', '-wal', '-shm']) rmSync(files.database + suffix, { force: true });
  });
  afterEach(() => files[Symbol.dispose]());

  const restore = (existing: Existing = 'refuse', file = files.file) =>
    restoreBackup({ database: files.database, file, existing }, NOW);
  const lotsOf = (path: string) => {
    const database = new Database(path, { fileMustExist: true });
    const names = database.prepare('SELECT name FROM lots').pluck().all();
    database.close();
    return names;
  };
  const addLot = (path: string, name: string) => {
    const database = new Database(path, { fileMustExist: true });
    database.exec(
      `INSERT INTO lots (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
      VALUES ('${name}', '1 Main Street', '110001', 5000, 1, 0, 0)`,
    );
    return database;
  };

  it('creates the data folder and a database that only its owner can read', async () => {
    rmSync(files.dataDirectory, { recursive: true });
    chmodSync(files.file, 0o644);
    expect(await restore()).toMatchObject({ previousDatabase: undefined, contents: { lots: 0 } });
    expect(files.list(files.dataDirectory)).toEqual(['vpms.db']);
    expect(statSync(files.database).mode & 0o777).toBe(0o600);
  });

  it('replaces a database only with --force, and keeps the old one', async () => {
    await files.make(files.database);
    // The writer has not closed the database, so its WAL contains a part of the data.
    addLot(files.database, 'new').close();
    const crashed = new Database(files.database);
    crashed.pragma('wal_autocheckpoint = 0');
    crashed.exec("UPDATE lots SET name = 'newer'");
    for (const suffix of ['', '-wal']) {
      writeFileSync(`${files.folder}/crashed${suffix}`, readFileSync(files.database + suffix));
    }
    crashed.close();
    rmSync(files.database);
    for (const suffix of ['', '-wal']) {
      renameSync(`${files.folder}/crashed${suffix}`, files.database + suffix);
    }
    await expect(restore()).rejects.toThrow(
      new BackupRefused(
        `There is a database ${files.database}: --force replaces it and keeps it beside the new one`,
      ),
    );
    chmodSync(files.database, 0o640);
    const { previousDatabase } = await restore('replace');
    expect(previousDatabase).toBe(join(files.dataDirectory, ASIDE));
    expect(files.list(files.dataDirectory)).toEqual(['vpms.db', ASIDE]);
    expect(statSync(files.database).mode & 0o777).toBe(0o600);
    expect(statSync(join(files.dataDirectory, ASIDE)).mode & 0o777).toBe(0o600);
    expect(lotsOf(files.database)).toEqual([]);
    expect(lotsOf(join(files.dataDirectory, ASIDE))).toEqual(['newer']);
    expect(auditOf(files.database)).toMatchObject([
      { recorded_at: NOW.getTime(), action: 'database.restored', actor_name: 'command line' },
    ]);
    expect(auditOf(join(files.dataDirectory, ASIDE))).toEqual([]);
    expect(auditOf(files.file)).toEqual([]);
  });

  it('replaces a damaged database', async () => {
    const text = 'A shopping list.\n'.repeat(500);
    writeFileSync(files.database, text);
    await restore('replace');
    expect(files.list(files.dataDirectory)).toEqual(['vpms.db', ASIDE]);
    expect(readFileSync(join(files.dataDirectory, ASIDE), 'utf8')).toBe(text);
    expect(lotsOf(files.database)).toEqual([]);
  });

  it('ignores a WAL without a database', async () => {
    await files.make(files.database);
    const database = addLot(files.database, 'gone');
    database.pragma('wal_autocheckpoint = 0');
    database.exec("UPDATE lots SET name = 'still gone'");
    const wal = readFileSync(`${files.database}-wal`);
    database.close();
    rmSync(files.database);
    writeFileSync(`${files.database}-wal`, wal);
    await restore();
    expect(lotsOf(files.database)).toEqual([]);
    expect(files.list(files.dataDirectory)).toEqual(['vpms.db', `${ASIDE}-wal`]);
  });

  it('keeps a symbolic link to the database', async () => {
    const real = join(files.folder, 'real.db');
    await files.make(real);
    symlinkSync(real, files.database);
    const { previousDatabase } = await restore('replace');
    expect(previousDatabase).toMatch(/real\.db\.before-restore/);
    expect(files.list(files.dataDirectory)).toEqual(['vpms.db']);
    addLot(real, 'there').close();
    expect(lotsOf(files.database)).toEqual(['there']);
  });

  // Only root may change the owner of a file.
  it.runIf(process.getuid?.() === 0)(
    'gives the database to the owner of the data folder',
    async () => {
      chownSync(files.dataDirectory, SOMEBODY, SOMEBODY);
      await restore();
      expect(statSync(files.database)).toMatchObject({ uid: SOMEBODY, gid: SOMEBODY });
    },
  );

  it.each<readonly [what: string, spoil: (files: BackupFiles) => void, message: RegExp]>([
    ['a missing file', ({ file }) => rmSync(file), /^There is no file \S+today\.db$/],
    ['a folder', ({ file }) => (rmSync(file), mkdirSync(file)), /today\.db is not a file$/],
    ['a text', ({ file }) => writeFileSync(file, 'text '.repeat(200)), /is not a SQLite database$/],
    ['nothing', ({ file }) => truncateSync(file, 0), /is not a database of VPMS$/],
    ['half a file', ({ file }) => truncateSync(file, statSync(file).size / 2), /is damaged: /],
    ['a spoilt page', ({ file }) => spoil(file), /today\.db is damaged: /],
    [
      'another database',
      ({ file }) => execute(file, 'DROP TABLE migrations'),
      /is not a database of VPMS$/,
    ],
    [
      'rows that refer to nothing',
      ({ file }) =>
        execute(
          file,
          "PRAGMA foreign_keys = OFF; INSERT INTO spots (lot_id, number, status, created_at) VALUES (7, 1, 'A', 0)",
        ),
      /today\.db is damaged: a row of spots refers to a missing row of lots$/,
    ],
    [
      'the database of a newer version',
      ({ file }) =>
        execute(
          file,
          "INSERT INTO migrations (timestamp, name) VALUES (9e12, 'Tariffs9000000000000')",
        ),
      /is from a newer version of VPMS: its migration Tariffs9000000000000 is unknown$/,
    ],
    [
      'a file without its WAL',
      ({ file }) => writeFileSync(`${file}-wal`, 'x'),
      /today\.db is incomplete: a part of it is in \S+today\.db-wal; npm run backup makes complete files$/,
    ],
  ])('refuses %s and leaves the database unchanged', async (_, spoilFile, message) => {
    await files.make(files.database);
    addLot(files.database, 'kept').close();
    spoilFile(files);
    const refusal = await restore('replace').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BackupRefused);
    expect((refusal as Error).message).toMatch(message);
    expect(files.list(files.dataDirectory)).toEqual(['vpms.db']);
    expect(lotsOf(files.database)).toEqual(['kept']);
  });

  it('refuses the database itself as its backup', async () => {
    await files.make(files.database);
    const itself = restore('replace', files.database);
    await expect(itself).rejects.toThrow(`${files.database} is the database itself`);
  });

  it('accepts a backup of an older version, which the next start migrates', async () => {
    await files.make(join(files.backups, 'old.db'), 1);
    const { contents } = await restore('refuse', join(files.backups, 'old.db'));
    expect(contents.isOlder).toBe(true);
    const writer = await openWriteDatabase(files.database, []);
    expect(await writer.query('SELECT * FROM job_runs')).toEqual([]);
    await writer.destroy();
  });

  it('refuses while the database is open, even by an idle reader', async () => {
    await files.make(files.database);
    const idle = new Database(files.database, { readonly: true });
    idle.prepare('SELECT * FROM lots').all();
    await expect(restore('replace')).rejects.toThrow(
      new BackupRefused(`The database ${files.database} is in use: stop VPMS first`),
    );
    idle.close();
  });

  it('locks out programs that opened the old file before it was replaced', async () => {
    await files.make(files.database);
    const early = new Database(files.database, { timeout: 0 });
    const holding = withExclusiveDatabase(files.database, () =>
      renameSync(files.file, files.database),
    );
    expect(() => early.pragma('journal_mode = WAL')).toThrow('database is locked');
    expect(lotsOf(files.database)).toEqual([]);
    early.close();
    await holding;
  });

  it('prints its usage, and what to use on PostgreSQL', async () => {
    const { code, stderr } = await files.restore('one', 'two');
    expect([code, stderr]).toEqual([1, 'Usage: npm run restore -- FILE [--force]\n']);
    const onPostgres = await runCli('tools/backup/restore-cli.js', {
      args: [files.file],
      environment: { DATABASE_URL: 'postgres://vpms:secret@127.0.0.1/vpms' },
    });
    expect(onPostgres.code).toBe(1);
    expect(onPostgres.stderr).toMatch(/^The database is PostgreSQL: use pg_restore [^\n]+\n$/);
  });
});

function execute(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

function spoil(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xee, 4096 * 2, 4096 * 3);
  writeFileSync(path, bytes);
}
