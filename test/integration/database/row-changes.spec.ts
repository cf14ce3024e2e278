import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RowChanges } from '../../../src/platform/database/sqlite/row-changes.js';
import { SqliteTransactionRunner } from '../../../src/platform/database/sqlite/sqlite-transaction-runner.js';
import { querySqlite } from '../../support/data/database-file.js';
import {
  Note,
  openScratchDatabase,
  type ScratchDatabase,
} from '../../support/data/scratch-database.js';
import { Latch } from '../../support/app/latch.js';

let database: ScratchDatabase;
let transactions: SqliteTransactionRunner;
let changes: RowChanges;
let id: number;

beforeEach(async () => {
  database = await openScratchDatabase();
  transactions = new SqliteTransactionRunner(database.writer);
  id = await transactions.run((tx) => tx.insert(Note, { text: 'first' }));
  changes = new RowChanges(database.writer, ['DELETE ON notes', 'UPDATE OF text ON notes']);
});
afterEach(() => database[Symbol.asyncDispose]());

describe('the version of watched rows', () => {
  it('stays the same while only other rows are written', async () => {
    const version = changes.version();
    await transactions.run((tx) => tx.insert(Note, { text: 'second' }));
    expect(changes.version()).toBe(version);
  });

  it('changes with a committed update or deletion', async () => {
    const first = changes.version();
    await transactions.run((tx) => tx.update(Note, { id }, { text: 'other' }));
    const second = changes.version();
    await transactions.run((tx) => tx.sql`DELETE FROM notes WHERE id = ${id}`);
    expect(new Set([first, second, changes.version()]).size).toBe(3);
  });

  it('is unknown from the change until its transaction has ended', async () => {
    const before = changes.version();
    const [changed, end] = [new Latch(), new Latch()];
    const write = transactions.run(async (tx) => {
      await tx.sql`DELETE FROM notes WHERE id = ${id}`;
      changed.open();
      await end.opened;
    });
    await changed.opened;
    expect([before, changes.version()]).toEqual([expect.any(Number), undefined]);
    end.open();
    await write;
    expect(changes.version()).not.toBe(before);
    expect(changes.version()).toBe(changes.version());
  });

  it('changes with a commit of another connection, in the next turn of the event loop', async () => {
    const before = changes.version();
    querySqlite(database.file, `DELETE FROM notes`);
    await nextTurn();
    expect(changes.version()).not.toBe(before);
  });
});
