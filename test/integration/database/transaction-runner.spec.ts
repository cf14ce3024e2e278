import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '../../../src/platform/database/tx.js';
import { SqliteTransactionRunner } from '../../../src/platform/database/sqlite/sqlite-transaction-runner.js';
import {
  Note,
  openScratchDatabase,
  type ScratchDatabase,
} from '../../support/data/scratch-database.js';
import { Latch } from '../../support/app/latch.js';
import { countCommits } from '../../support/checks/commits.js';

class Refused extends Error {}

let database: ScratchDatabase;
let transactions: SqliteTransactionRunner;

beforeEach(async () => {
  database = await openScratchDatabase();
  // A group accepts units for up to 20 s, so that all concurrent units of a test are in one group.
  transactions = new SqliteTransactionRunner(database.writer, 20_000);
});
afterEach(() => database[Symbol.asyncDispose]());

const write = (text: string) => (tx: Pick<Tx, 'insert'>) => tx.insert(Note, { text });

/** Writes and then fails. */
const fail = (text: string) => async (tx: Tx) => {
  await write(text)(tx);
  throw new Refused(text);
};

const insideTransaction = (): boolean => {
  const { databaseConnection } = database.writer.driver as unknown as {
    databaseConnection: { inTransaction: boolean };
  };
  return databaseConnection.inTransaction;
};

describe("TypeORM's transactions on the one connection of better-sqlite3", () => {
  it('lose acknowledged work of one when another rolls back', async () => {
    const { writer } = database;
    const firstIsOpen = new Latch();
    const secondIsDone = new Latch();
    const first = writer.transaction(async (tx) => {
      await tx.insert(Note, { text: 'first' });
      firstIsOpen.open();
      await secondIsDone.opened;
      throw new Refused();
    });
    await firstIsOpen.opened;
    await writer.transaction((tx) => tx.insert(Note, { text: 'second' }));
    secondIsDone.open();
    await expect(first).rejects.toThrow(Refused);
    expect(database.notes()).toEqual([]);
  });
});

describe('SqliteTransactionRunner', () => {
  it('keeps the work of one unit when another one is rolled back', async () => {
    const secondAsked = new Latch();
    const first = transactions.run(async (tx) => {
      await write('first')(tx);
      await secondAsked.opened;
      throw new Refused();
    });
    const second = transactions.run(write('second'));
    secondAsked.open();
    await expect(first).rejects.toThrow(Refused);
    await second;
    expect(database.notes()).toEqual(['second']);
  });

  it('rolls back a failing unit of a group alone', async () => {
    const commits = countCommits(database.file);
    const outcomes = await Promise.allSettled([
      transactions.run(write('a')),
      transactions.run(fail('b')),
      transactions.run(write('c')),
      transactions.run((tx) => tx.sql`INSERT INTO notes (text) VALUES (NULL)`),
      transactions.run(() => {
        throw new Refused('before its first await');
      }),
      transactions.run(write('d')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(database.notes()).toEqual(['a', 'c', 'd']);
    expect(commits()).toBe(1);
  });

  it('commits many units together', async () => {
    const commits = countCommits(database.file);
    const texts = Array.from({ length: 200 }, (_, index) => `unit ${index}`);
    await Promise.all(texts.map((text) => transactions.run(write(text))));
    expect(database.notes()).toEqual(texts);
    expect(commits()).toBe(1);
  });

  it('ends a group after its time limit', async () => {
    const hasty = new SqliteTransactionRunner(database.writer, 0);
    const commits = countCommits(database.file);
    await Promise.all(['a', 'b', 'c'].map((text) => hasty.run(write(text))));
    expect(commits()).toBe(3);
  });

  it('commits separately for units that arrive one by one', async () => {
    const commits = countCommits(database.file);
    for (const text of ['a', 'b', 'c']) await transactions.run(write(text));
    expect(commits()).toBe(3);
  });

  it('reports a result or failure only after the commit', async () => {
    const seen: (readonly string[])[] = [];
    const look = () => seen.push(database.notes());
    await Promise.all([
      transactions.run(write('a')).then(look),
      transactions.run(fail('b')).catch(look),
      transactions.run(write('c')).then(look),
    ]);
    expect(seen).toEqual([
      ['a', 'c'],
      ['a', 'c'],
      ['a', 'c'],
    ]);
  });

  it("returns the unit's result and throws the unit's own error", async () => {
    const refusal = new Refused();
    await expect(transactions.run(async () => ({ response: 42 }))).resolves.toEqual({
      response: 42,
    });
    await expect(transactions.run(() => Promise.reject(refusal))).rejects.toBe(refusal);
  });

  it('shows readers committed data only', async () => {
    const look = () => database.reader.getRepository(Note).findBy({});
    const seenInside = await transactions.run(async (tx) => {
      await write('a')(tx);
      return [await look(), await tx.sql`SELECT * FROM notes`].map((notes) => notes.length);
    });
    expect(seenInside).toEqual([0, 1]);
    expect(await look()).toHaveLength(1);
  });

  it('refuses writes through the read database', async () => {
    await expect(database.reader.sql`INSERT INTO notes (text) VALUES ('a')`).rejects.toThrow(
      /readonly/,
    );
  });

  it('rolls back a failed savepoint alone, and a savepoint with its unit', async () => {
    const nested = transactions.run(async (tx) => {
      await tx.savepoint(write('nested'));
      await tx.savepoint(fail('nested and failed')).catch(() => undefined);
      await tx.savepoint((inner) => inner.savepoint(write('nested twice')));
    });
    const thrown = transactions.run(async (tx) => {
      await tx.savepoint(write('nested in vain'));
      throw new Refused();
    });
    const plain = transactions.run(write('plain'));
    await nested;
    await expect(thrown).rejects.toThrow(Refused);
    await plain;
    expect(database.notes()).toEqual(['nested', 'nested twice', 'plain']);
    expect(insideTransaction()).toBe(false);
  });

  it('rolls back an open savepoint with its unit', async () => {
    const open = transactions.run(async (tx) => {
      await tx.sql`SAVEPOINT left_open`;
      await write('left open')(tx);
      throw new Refused();
    });
    const next = transactions.run((tx) => tx.savepoint(write('next')));
    await expect(open).rejects.toThrow(Refused);
    await next;
    expect(database.notes()).toEqual(['next']);
  });

  it('runs the effects of afterCommit in order before it returns the result, and never after a rollback', async () => {
    const seen: string[] = [];
    const note = (text: string) => () => {
      seen.push(`${text}: ${database.notes().join()}`);
    };
    const first = transactions.run(async (tx) => {
      tx.afterCommit(note('first'));
      await write('a')(tx);
      tx.afterCommit(async () => {
        await new Promise(setImmediate);
        note('second')();
      });
    });
    const failed = transactions.run(async (tx) => {
      tx.afterCommit(note('of a failed unit'));
      await fail('b')(tx);
    });
    const partly = transactions.run(async (tx) => {
      tx.afterCommit(note('of the unit'));
      const nested = tx.savepoint(async (inner) => {
        inner.afterCommit(note('of a failed savepoint'));
        await fail('c')(inner);
      });
      await nested.catch(() => undefined);
      await tx.savepoint(async (inner) => inner.afterCommit(note('of a savepoint')));
    });
    await expect(failed).rejects.toThrow(Refused);
    await first.then(() => seen.push('returned'));
    await partly;
    expect(seen.filter((text) => /first|second|returned/.test(text))).toEqual([
      'first: a',
      'second: a',
      'returned',
    ]);
    expect(seen.filter((text) => text.startsWith('of '))).toEqual([
      'of the unit: a',
      'of a savepoint: a',
    ]);
  });

  it('returns the result of a committed unit whose effect of afterCommit fails', async () => {
    const result = transactions.run(async (tx) => {
      tx.afterCommit(() => Promise.reject(new Error('the first one failed')));
      tx.afterCommit(() => {
        throw new Error('this one too');
      });
      await write('kept')(tx);
      return 'result';
    });
    await expect(result).resolves.toBe('result');
    expect(database.notes()).toEqual(['kept']);
  });

  it('isolates other units from statements that a failed unit left running', async () => {
    const failed = transactions.run((tx) =>
      Promise.all([
        fail('one branch')(tx),
        (async () => {
          for (let step = 0; step < 50; step += 1) {
            // Each text is a new statement, which takes longer because it must be prepared first.
            await tx.execute(`INSERT INTO notes (text) VALUES ('branch, step ${step}')`);
          }
        })(),
      ]),
    );
    const next = transactions.run(write('next'));
    await expect(failed).rejects.toThrow(Refused);
    await next;
    await transactions.run(write('last'));
    expect(database.notes()).toEqual(['next', 'last']);
  });

  it('waits for a statement that a failed unit has just started, and rolls it back', async () => {
    // From now on the runner's own statements are prepared, and faster than a new one.
    await transactions.run(fail('nothing')).catch(() => undefined);
    const failed = transactions.run((tx) => {
      tx.sql`INSERT INTO notes (text) VALUES ('just begun')`.catch(() => undefined);
      throw new Refused();
    });
    await expect(failed).rejects.toThrow(Refused);
    expect(database.notes()).toEqual([]);
  });

  it('refuses calls on the transaction of a unit that has ended', async () => {
    let kept: Tx | undefined;
    await transactions.run(async (tx) => {
      kept = tx;
    });
    await expect(kept?.insert(Note, { text: 'late' })).rejects.toThrow(/released/i);
    await expect(kept?.savepoint(write('late'))).rejects.toThrow(/released/i);
    expect(database.notes()).toEqual([]);
  });

  it('leaves no transaction and no savepoint behind', async () => {
    await Promise.allSettled(
      [fail('a'), write('b'), fail('c')].map((unit) => transactions.run(unit)),
    );
    expect(insideTransaction()).toBe(false);
    await expect(database.writer.query('RELEASE unit')).rejects.toThrow(/no such savepoint/);
    await transactions.run(write('d'));
    expect(database.notes()).toEqual(['b', 'd']);
  });
});
