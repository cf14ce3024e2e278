import { performance } from 'node:perf_hooks';
import type { QueryRunner } from 'typeorm';
import type { Writer } from './data-sources.js';
import { TransactionRunner, type UnitOfWork } from './transaction-runner.js';

/** A group commits after this many milliseconds, so that no driver waits long for the others. */
const GROUP_MILLISECONDS = 10;

interface WaitingUnit {
  readonly work: UnitOfWork<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** SQLite's transaction is gone or unusable: nobody's work of this group is kept. */
class GroupAborted extends Error {}

/**
 * One writer that commits in groups (docs/decisions/one-writer.md). Waiting units run one after
 * another in one transaction, each in a savepoint of its own: a failing unit rolls back alone. One
 * commit, one sync to disk, then all of them are answered.
 */
export class SqliteTransactionRunner extends TransactionRunner {
  private readonly runner: QueryRunner;
  private readonly waiting: WaitingUnit[] = [];
  private draining = false;

  constructor(writer: Writer) {
    super();
    this.runner = writer.createQueryRunner();
  }

  override run<T>(unit: UnitOfWork<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ work: unit, resolve: (result) => resolve(result as T), reject });
      if (this.draining) return;
      this.draining = true;
      // Whatever arrives in this turn of the event loop joins the first group.
      setImmediate(() => void this.drain());
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.commitGroup();
      await new Promise(setImmediate);
    }
    this.draining = false;
  }

  private async commitGroup(): Promise<void> {
    const answers: (() => void)[] = [];
    const units: WaitingUnit[] = [];
    try {
      await this.runner.query('BEGIN IMMEDIATE');
      const end = performance.now() + GROUP_MILLISECONDS;
      do {
        const unit = this.waiting.shift();
        if (!unit) break;
        units.push(unit);
        answers.push(await this.runUnit(unit));
      } while (performance.now() < end);
      await this.runner.query('COMMIT');
    } catch (error) {
      await this.abandon();
      // Where the transaction could not even begin, the first unit hears it and the rest try anew.
      const first = units.length === 0 ? this.waiting.shift() : undefined;
      for (const unit of first ? [first] : units) unit.reject(error);
      return;
    }
    for (const answer of answers) answer();
  }

  /** Runs the unit in its savepoint; what it returned or threw is told only after the commit. */
  private async runUnit(unit: WaitingUnit): Promise<() => void> {
    await this.runner.query('SAVEPOINT unit');
    this.tellTypeOrm({ isTransactionActive: true, transactionDepth: 2 });
    try {
      const result = await unit.work(this.runner.manager);
      await this.runner.query('RELEASE unit');
      return () => unit.resolve(result);
    } catch (error) {
      await this.rollBack(error);
      return () => unit.reject(error);
    }
  }

  private async rollBack(cause: unknown): Promise<void> {
    try {
      await this.runner.query('ROLLBACK TO unit');
      await this.runner.query('RELEASE unit');
    } catch {
      // A full disk makes SQLite roll the whole transaction back by itself.
      throw new GroupAborted('SQLite ended the transaction', { cause });
    }
  }

  private async abandon(): Promise<void> {
    this.tellTypeOrm({ isTransactionActive: false, transactionDepth: 0 });
    await this.runner.query('ROLLBACK').catch(() => undefined);
  }

  /** With this, a `save` or nested `transaction` within a unit uses savepoints instead of BEGIN. */
  private tellTypeOrm(state: { isTransactionActive: boolean; transactionDepth: number }): void {
    Object.assign(this.runner, state);
  }
}
