import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteTransactionRunner } from '../../../src/platform/database/sqlite/sqlite-transaction-runner.js';
import { toProblem } from '../../../src/platform/errors/problem.filter.js';
import { countCommits } from '../../support/checks/commits.js';
import {
  Note,
  openScratchDatabase,
  type ScratchDatabase,
} from '../../support/data/scratch-database.js';

let database: ScratchDatabase;
let transactions: SqliteTransactionRunner;

beforeEach(async () => {
  database = await openScratchDatabase();
  // A group accepts units for up to 20 s, so that all concurrent units of a test are in one group.
  transactions = new SqliteTransactionRunner(database.writer, 20_000);
});
afterEach(() => database[Symbol.asyncDispose]());

const write = (text: string) => transactions.run((tx) => tx.insert(Note, { text }));

const writeAll = (texts: readonly string[]) => Promise.allSettled(texts.map(write));

/** The errors that a client would get; each is a database outage that justifies a retry. */
function codesOf(outcomes: readonly PromiseSettledResult<unknown>[]): string[] {
  const request = { url: '/', id: 'test', method: 'POST' };
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? 'fulfilled' : toProblem(outcome.reason, request).code,
  );
}

const LOCK = `
  const Database = require('better-sqlite3');
  const database = new Database(process.argv[1]);
  database.exec('BEGIN IMMEDIATE');
  process.stdout.write('locked');
  process.stdin.once('data', () => database.exec('ROLLBACK') && process.exit());
`;

/** Starts a process that holds the file's write lock until it receives standard input. */
async function lockElsewhere(file: string): Promise<ChildProcess> {
  const holder = spawn(process.execPath, ['-e', LOCK, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}

describe('a lock of another process', () => {
  it('rejects all waiting units together after one timeout, and lets later writes succeed', async () => {
    const holder = await lockElsewhere(database.file);
    const begun = performance.now();
    const outcomes = await writeAll(Array.from({ length: 20 }, (_, index) => `lost ${index}`));
    const waited = performance.now() - begun;
    const end = once(holder, 'exit');
    holder.stdin?.write('go');
    await end;

    expect(codesOf(outcomes)).toEqual(Array.from({ length: 20 }, () => 'DATABASE_UNAVAILABLE'));
    // The timeout is one second; twenty timeouts in sequence would block the process for twenty seconds.
    expect(waited).toBeGreaterThan(900);
    expect(waited).toBeLessThan(10_000);
    await write('later');
    expect(database.notes()).toEqual(['later']);
  });

  it('delays units if it is released in time', async () => {
    const holder = await lockElsewhere(database.file);
    const end = once(holder, 'exit');
    holder.stdin?.write('go');
    await write('patient');
    await end;
    expect(database.notes()).toEqual(['patient']);
  });
});

describe('a failed commit', () => {
  beforeEach(async () => {
    await database.writer.query(
      `CREATE TABLE replies (
        note_id integer NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED
      )`,
    );
  });

  it('rejects every unit of the group and stores nothing of it', async () => {
    const outcomes = await Promise.allSettled([
      write('before'),
      transactions.run((tx) => tx.sql`INSERT INTO replies VALUES (404)`),
      write('after'),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Error) });
      expect(String(outcome.status === 'rejected' && outcome.reason)).toMatch(/FOREIGN KEY/);
    }
    expect(database.notes()).toEqual([]);
    await write('later');
    expect(database.notes()).toEqual(['later']);
  });

  it('does not reject a unit with a failure caused by rolled-back work of another', async () => {
    const outcomes = await Promise.allSettled([
      write('same'),
      write('same'),
      transactions.run((tx) => tx.sql`INSERT INTO replies VALUES (404)`),
    ]);
    expect(String(outcomes[1]?.status === 'rejected' && outcomes[1].reason)).toMatch(/FOREIGN KEY/);
    await write('same');
    expect(database.notes()).toEqual(['same']);
  });
});

describe('the runner on a full disk', () => {
  const limitPages = (pages: number) => database.writer.query(`PRAGMA max_page_count = ${pages}`);

  it('rejects writes that do not fit, and accepts writes when there is room again', async () => {
    const [{ page_count: pages }] = await database.writer.query('PRAGMA page_count');
    await limitPages(pages + 2);
    const outcomes = await writeAll(['small', 'x'.repeat(100_000), 'small too']);
    expect(codesOf(outcomes)[1]).toBe('DATABASE_UNAVAILABLE');
    // Every acknowledged row is stored, and no other.
    const committed = ['small', 'x', 'small too'].filter(
      (_, index) => outcomes[index]?.status === 'fulfilled',
    );
    expect(database.notes()).toEqual(committed);

    await limitPages(100_000);
    await write('later');
    expect(database.notes()).toEqual([...committed, 'later']);
  });

  it('rejects every unit when SQLite ends the transaction by itself', async () => {
    const commits = countCommits(database.file);
    const outcomes = await Promise.allSettled([
      write('before'),
      transactions.run((tx) => tx.sql`INSERT OR ROLLBACK INTO notes (text) VALUES ('before')`),
      write('after'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(database.notes()).toEqual(['after']);
    expect(commits()).toBe(1);
  });
});

describe('the connections', () => {
  it('sync every commit, wait for locks and enforce foreign keys', async () => {
    const read = async (pragma: string): Promise<unknown> => {
      const [row] = await database.writer.query(`PRAGMA ${pragma}`);
      return Object.values(row as object)[0];
    };
    expect(await read('journal_mode')).toBe('wal');
    expect(await read('synchronous')).toBe(2);
    expect(await read('foreign_keys')).toBe(1);
    expect(await read('busy_timeout')).toBe(1_000);
  });
});
