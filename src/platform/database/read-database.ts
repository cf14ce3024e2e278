import type { DataSource, EntityTarget, ObjectLiteral, Repository } from 'typeorm';
import type { Dialect, Queryable, SqlTag } from './queryable.js';
import { dialectOf, type Execute, sqlTag } from './sql/sql-tag.js';

/** The methods of a repository that change nothing. */
type ReadRepository<Entity extends ObjectLiteral> = Pick<
  Repository<Entity>,
  'createQueryBuilder' | 'existsBy' | 'find' | 'findBy' | 'findOneBy' | 'findOneByOrFail'
>;

/**
 * Reads what is committed and nothing else, so that no response and no cached value ever shows what
 * a transaction may still roll back. On SQLite its connection cannot write.
 */
export class ReadDatabase implements Queryable {
  readonly dialect: Dialect;
  readonly sql: SqlTag;

  constructor(
    readonly source: DataSource,
    execute: Execute,
  ) {
    this.dialect = dialectOf(source);
    this.sql = sqlTag(source, execute);
  }

  getRepository<Entity extends ObjectLiteral>(
    target: EntityTarget<Entity>,
  ): ReadRepository<Entity> {
    return this.source.getRepository(target);
  }

  close(): Promise<void> {
    return this.source.destroy();
  }
}
