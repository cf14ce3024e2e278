import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENTITIES } from '../../../src/app/entities.js';
import { MIGRATIONS } from '../../../src/platform/database/migrations/index.js';
import { MigrationSource } from '../../../src/platform/database/migrations/migration-source.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** A table, index or trigger with its definition. */
interface SchemaObject {
  readonly name: string;
  readonly sql: string;
}

/** In milliseconds. Each command starts one process, or two if npm runs it. */
const TIMEOUT = 90_000;

let directory: string;
let file: string;

beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory, 'vpms.db');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('migrations from the command line', { timeout: TIMEOUT }, () => {
  it('are run, shown, reverted and run again, and keep all rows', async () => {
    expect(await npm('migration:show')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/\[ \] InitialSchema\d+\n\[ \] Jobs\d+/),
    });
    expect((await npm('migration:run')).code).toBe(0);
    const schema = inDatabase(schemaOf);
    expect(schema.map(({ name }) => name)).toContain('reservations_active_spot');
    inDatabase((database) => database.exec(ACCOUNT));

    expect((await npm('migration:revert')).code).toBe(0);
    const last = MIGRATIONS.at(-1)?.name;
    const { output } = await npm('migration:show');
    expect(output).toMatch(/\[X\] 1 InitialSchema\d+\n\[X\] 2 Jobs\d+\n/);
    expect(output.match(/\[ \] .*/g)).toEqual([`[ ] ${last}`]);
    expect(inDatabase(schemaOf)).not.toEqual(schema);
    expect((await npm('migration:run')).code).toBe(0);
    expect(inDatabase(schemaOf)).toEqual(schema);
    expect(
      inDatabase((database) => database.prepare('SELECT username FROM accounts').get()),
    ).toEqual({ username: 'kept' });
  });

  it('run once for four concurrent commands', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => typeorm('migration:run')));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const count = inDatabase((database) =>
      database.prepare('SELECT COUNT(*) FROM migrations').pluck().get(),
    );
    expect(count).toBe(MIGRATIONS.length);
  });

  it('leave no trace if one fails', async () => {
    inDatabase((database) => database.exec('CREATE TABLE job_runs (id integer)'));
    expect((await npm('migration:run')).code).toBe(1);
    expect(inDatabase(schemaOf).map(({ name }) => name)).not.toContain('accounts');
  });
});

describe('the migrations', { timeout: TIMEOUT }, () => {
  it('create the columns of the entities', async () => {
    await npm('migration:run');
    const source = new MigrationSource({ kind: 'sqlite', file }, ENTITIES);
    await source.initialize();
    const runner = source.createQueryRunner();
    for (const { tablePath, columns } of source.entityMetadatas) {
      const table = await runner.getTable(tablePath);
      const wanted = columns.map(({ databaseName, isNullable }) => `${databaseName} ${isNullable}`);
      // SQLite reports a primary key as nullable.
      const found =
        table?.columns.map(
          ({ name, isNullable, isPrimary }) => `${name} ${isNullable && !isPrimary}`,
        ) ?? [];
      const remedy = `${tablePath}: add a migration to src/platform/database/migrations, or correct the entity`;
      expect(found.toSorted(), remedy).toEqual(wanted.toSorted());
    }
    await source.destroy();
  });
});

const ACCOUNT = `INSERT INTO accounts
  (username, username_key, email, email_key, password_hash, role, created_at, updated_at)
  VALUES ('kept', 'kept', 'k@example.com', 'k@example.com', '-', 'user', 0, 0)`;

/** Runs the script with a database that only this test uses. */
function npm(script: 'migration:run' | 'migration:revert' | 'migration:show'): Promise<Outcome> {
  return run('npm', ['run', '--silent', script]);
}

/** Runs the command without npm's own process. */
function typeorm(...words: readonly string[]): Promise<Outcome> {
  const command = join('node_modules', 'typeorm', 'cli.js');
  return run(process.execPath, [command, ...words, '-d', 'dist/app/data-source.js']);
}

function run(command: string, words: readonly string[]): Promise<Outcome> {
  const environment = { PATH: process.env.PATH, DATA_DIR: directory, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(command, words, { env: environment }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

function inDatabase<T>(work: (database: Database.Database) => T): T {
  const database = new Database(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function schemaOf(database: Database.Database): SchemaObject[] {
  return database
    .prepare<[], SchemaObject>(
      "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .all();
}
