import { Logger } from '@nestjs/common';
import {
  type DataSource,
  type EntityManager,
  type EntityTarget,
  type FindOptionsWhere,
  type ObjectLiteral,
  type QueryDeepPartialEntity,
  QueryRunnerAlreadyReleasedError,
} from 'typeorm';
import type { Dialect, Queryable, SqlTag } from './queryable.js';
import { dialectOf, type Execute, executeLogged, sqlTag } from './sql/sql-tag.js';

const logger = new Logger('Database');

/** A function that runs after the unit's commit. */
type Effect = () => void | Promise<void>;

/**
 * The transaction of one unit of work: the only thing that a unit may use. It refuses every call
 * after the unit has ended. Without this, a statement that a unit leaves running (another branch of
 * a failed `Promise.all`, a forgotten `await`) would be committed with the next unit on the
 * connection.
 */
export class Tx implements Queryable {
  readonly dialect: Dialect;
  /** Used for frequent writes, for reads, and for everything that an entity cannot express. */
  readonly sql: SqlTag;
  private readonly running = new Set<Promise<unknown>>();
  private readonly effects: Effect[] = [];
  private savepoints = 0;
  private isOver = false;

  constructor(
    private readonly source: DataSource,
    private readonly manager: EntityManager,
    private readonly connection: Execute,
  ) {
    this.dialect = dialectOf(source);
    this.sql = sqlTag(source, (text, parameters) => {
      if (this.isOver) throw new QueryRunnerAlreadyReleasedError();
      return connection(text, parameters);
    });
  }

  /** Runs a statement whose text was built elsewhere, and returns its rows. For bulk loads only. */
  async execute(text: string, parameters: unknown[] = []): Promise<unknown[]> {
    this.assertOpen();
    return executeLogged(this.source, this.connection, text, parameters);
  }

  /** Inserts one row and returns its generated id. */
  async insert<Entity extends ObjectLiteral & { id: number }>(
    target: EntityTarget<Entity>,
    row: QueryDeepPartialEntity<Entity>,
  ): Promise<number> {
    const { identifiers } = await this.track(() => this.manager.insert(target, row));
    // TypeORM returns a bigint as text.
    return Number(identifiers[0]?.['id']);
  }

  /** Changes the rows that match, and returns their number. */
  async update<Entity extends ObjectLiteral>(
    target: EntityTarget<Entity>,
    where: FindOptionsWhere<Entity>,
    changes: QueryDeepPartialEntity<Entity>,
  ): Promise<number> {
    const { affected } = await this.track(() => this.manager.update(target, where, changes));
    return affected ?? 0;
  }

  findOneBy<Entity extends ObjectLiteral>(
    target: EntityTarget<Entity>,
    where: FindOptionsWhere<Entity>,
  ): Promise<Entity | null> {
    return this.track(() => this.manager.findOneBy(target, where));
  }

  /**
   * Runs the effect once the unit's work is committed, before `TransactionRunner.run` returns. If the
   * unit, or the savepoint it is registered in, is rolled back, the effect is dropped; a replayed
   * response never registers any. An effect that fails is logged: the work is committed already.
   */
  afterCommit(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Runs part of the unit in a savepoint, so that its failure undoes only that part. */
  async savepoint<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    this.savepoints += 1;
    const name = `nested_${this.savepoints}`;
    const { length } = this.effects;
    await this.execute(`SAVEPOINT ${name}`);
    try {
      const result = await work(this);
      await this.execute(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      this.effects.splice(length);
      await this.execute(`ROLLBACK TO SAVEPOINT ${name}`);
      await this.execute(`RELEASE SAVEPOINT ${name}`);
      throw error;
    }
  }

  /** Refuses every further call, and waits for those that are running. */
  async end(): Promise<void> {
    this.isOver = true;
    if (this.running.size > 0) await Promise.allSettled(this.running);
  }

  /** Runs the effects in their order. Never rejects. */
  async runEffects(): Promise<void> {
    for (const effect of this.effects) {
      try {
        await effect();
      } catch (error) {
        logger.error(error, 'An effect of a committed transaction failed');
      }
    }
  }

  get hasEffects(): boolean {
    return this.effects.length > 0;
  }

  private async track<T>(call: () => Promise<T>): Promise<T> {
    this.assertOpen();
    const result = call();
    this.running.add(result);
    return result.finally(() => this.running.delete(result));
  }

  private assertOpen(): void {
    if (this.isOver) throw new QueryRunnerAlreadyReleasedError();
  }
}
