import type { ClientBase } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Tx } from '../tx.js';
import { postgresStatements } from './postgres-statements.js';

/** A transaction on PostgreSQL, whose connection can also COPY. */
export class PostgresTx extends Tx {
  constructor(
    source: DataSource,
    manager: EntityManager,
    readonly client: ClientBase,
  ) {
    super(source, manager, postgresStatements(client));
  }
}
