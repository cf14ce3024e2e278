import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/platform/database/migrations/index.js';
import { temporaryDirectory } from '../support/app/test-app.js';

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** A table, index or trigger with its definition. */
interface SchemaObject {
  readonly name: string;
  readonly sql: string;
}

/** Each command is a process of its own, or two with npm's; in milliseconds. */
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

describe('the draft of a migration', { timeout: TIMEOUT }, () => {
  it('is empty if migrations and entities agree', async () => {
    await npm('migration:run');
    expect(
      await draft(),
      'The entities and the migrations differ. Add a migration to src/platform/database/migrations, or correct the entity.',
    ).toMatchObject({
      code: 0,
      output: expect.stringContaining('No changes in database schema were found'),
    });
  });

  it('contains the tables and columns that differ, and drops no index or check', async () => {
    await npm('migration:run');
    inDatabase((database) =>
      database.exec(
        'DROP TABLE reports; ALTER TABLE lots DROP COLUMN retired_at; ALTER TABLE spots ADD extra text',
      ),
    );
    const { code, output } = await draft();
    expect(code).toBe(1);
    const up = output.slice(output.indexOf('async up'), output.indexOf('async down'));
    expect([...up.matchAll(/query\(`(.*)`\)/g)].map(([, sql]) => sql)).toEqual([
      expect.stringMatching(/^CREATE TABLE "reports" \("user_id" bigint NOT NULL/),
      'ALTER TABLE lots ADD COLUMN retired_at bigint',
      'ALTER TABLE spots DROP COLUMN extra',
    ]);
  });
});

const ACCOUNT = `INSERT INTO accounts
  (username, username_key, email, email_key, password_hash, role, created_at, updated_at)
  VALUES ('kept', 'kept', 'k@example.com', 'k@example.com', '-', 'user', 0, 0)`;

function draft(): Promise<Outcome> {
  return typeorm('migration:generate', '--check', 'unused');
}

/** The script of that name, with the environment that only this test's database is in. */
function npm(script: 'migration:run' | 'migration:revert' | 'migration:show'): Promise<Outcome> {
  return run('npm', ['run', '--silent', script]);
}

/** Without the build that `npm run migration:generate` begins with: other tests run from it. */
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
