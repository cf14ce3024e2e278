import { type EntityManager, type QueryRunner, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { type Execute, sqlTag } from '../sql.js';

/** What one unit of work may use of the connection that all of them share. */
export interface UnitScope {
  readonly manager: EntityManager;
  /** Refuses every further statement, and waits for those that are on their way. */
  end(): Promise<void>;
}

/**
 * A view of the connection that lives as long as its unit. Without it, what a unit leaves running
 * (the other branches of a failed `Promise.all`, a forgotten `await`) would write into the next
 * unit's savepoint and be committed there although its own unit was rejected.
 */
export function openUnitScope(runner: QueryRunner, execute: Execute): UnitScope {
  const running = new Set<Promise<unknown>>();
  const own = Object.create(runner) as QueryRunner;
  const query = (...statement: Parameters<QueryRunner['query']>): Promise<unknown> => {
    const result = runner.query.apply(own, statement);
    running.add(result);
    return result.finally(() => running.delete(result));
  };
  const manager = runner.dataSource.createEntityManager(own);
  manager.sql = sqlTag(runner.dataSource, (text, parameters) => {
    if (own.isReleased) throw new QueryRunnerAlreadyReleasedError();
    return execute(text, parameters);
  });
  // A `save` or nested `transaction` finds a transaction open and uses savepoints, never BEGIN.
  Object.assign(own, { manager, query, isTransactionActive: true, transactionDepth: 2 });
  return {
    manager,
    end: async () => {
      Object.assign(own, { isReleased: true });
      await Promise.allSettled(running);
    },
  };
}
