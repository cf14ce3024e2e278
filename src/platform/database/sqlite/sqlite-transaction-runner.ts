import { performance } from 'node:perf_hooks';
import type { QueryRunner } from 'typeorm';
import type { WriteDatabase } from '../data-sources.js';
import type { Execute } from '../sql/sql-tag.js';
import { sqliteStatements } from './sqlite-statements.js';
import { TransactionRunner, type UnitOfWork } from '../transaction-runner.js';
import { Tx } from '../tx.js';

/**
 * Milliseconds during which a group accepts further units, so that the first ones do not wait long.
 */
const GROUP_MILLISECONDS = 10;

interface WaitingUnit {
  readonly work: UnitOfWork<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** SQLite ended the transaction, so no work of the group is kept. */
class GroupAborted extends Error {}

/**
 * One writer with group commit (docs/decisions/one-writer.md). Waiting units run one after another
 * in one transaction, each in its own savepoint, so that a failing unit rolls back alone. After one
 * commit with one sync to disk, all of them return.
 */
export class SqliteTransactionRunner extends TransactionRunner {
  private readonly runner: QueryRunner;
  private readonly execute: Execute;
  private readonly waiting: WaitingUnit[] = [];
  private draining = false;

  constructor(
    private readonly writer: WriteDatabase,
    private readonly groupMilliseconds = GROUP_MILLISECONDS,
  ) {
    super();
    this.runner = writer.createQueryRunner();
    this.execute = sqliteStatements(writer);
  }

  /** Units that have not started yet. */
  get waitingUnits(): number {
    return this.waiting.length;
  }

  override run<T>(unit: UnitOfWork<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ work: unit, resolve: (result) => resolve(result as T), reject });
      if (this.draining) return;
      this.draining = true;
      // Units that arrive in this turn of the event loop join the first group.
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
    const outcomes: (() => void)[] = [];
    const units: WaitingUnit[] = [];
    try {
      this.exec('BEGIN IMMEDIATE');
    } catch (error) {
      this.rollback();
      // Waiting for another process's lock blocked this whole process; do not wait again for each
      // unit.
      for (const unit of this.waiting.splice(0)) unit.reject(error);
      return;
    }
    try {
      const end = performance.now() + this.groupMilliseconds;
      do {
        const unit = this.waiting.shift();
        if (!unit) break;
        units.push(unit);
        outcomes.push(await this.runUnit(unit));
      } while (performance.now() < end);
      this.exec('COMMIT');
    } catch (error) {
      this.rollback();
      for (const unit of units) unit.reject(error);
      return;
    }
    for (const report of outcomes) report();
  }

  /**
   * Runs the unit in its savepoint, and returns a function that reports its outcome after the
   * commit.
   */
  private async runUnit(unit: WaitingUnit): Promise<() => void> {
    this.exec('SAVEPOINT unit');
    const tx = new Tx(this.writer, this.runner.manager, this.execute);
    try {
      const result = await unit.work(tx);
      await tx.end();
      this.exec('RELEASE unit');
      if (!tx.hasEffects) return () => unit.resolve(result);
      return () => void tx.runEffects().then(() => unit.resolve(result));
    } catch (error) {
      await tx.end();
      this.rollbackToSavepoint(error);
      return () => unit.reject(error);
    }
  }

  private rollbackToSavepoint(cause: unknown): void {
    try {
      this.exec('ROLLBACK TO unit');
      this.exec('RELEASE unit');
    } catch {
      // A full disk makes SQLite roll back the whole transaction by itself.
      throw new GroupAborted('SQLite ended the transaction', { cause });
    }
  }

  private rollback(): void {
    try {
      this.exec('ROLLBACK');
    } catch {
      // There is no transaction, or the database is unusable, which the next transaction reports.
    }
  }

  private exec(text: string): void {
    void this.execute(text, []);
  }
}
