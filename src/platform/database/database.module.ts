import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSourceOptions } from 'typeorm';
import { Configuration } from '../config/configuration.js';
import { openReadDatabase, openWriteDatabase, WriteDatabase } from './data-sources.js';
import { DatabaseUsage, type Usage } from './database-usage.js';
import { openPostgres, poolOf, poolUsage } from './postgres/postgres.js';
import { postgresStatements } from './postgres/postgres-statements.js';
import { PostgresTransactionRunner } from './postgres/postgres-transaction-runner.js';
import { SqliteTransactionRunner } from './sqlite/sqlite-transaction-runner.js';
import { ReadDatabase } from './read-database.js';
import { TransactionRunner } from './transaction-runner.js';

type Entities = NonNullable<DataSourceOptions['entities']>;

/** An open database of either kind. */
abstract class Connections {
  /** Undefined on PostgreSQL. */
  readonly writer?: WriteDatabase;
  readonly reader: ReadDatabase;
  readonly transactions: TransactionRunner;
  abstract usage(): Usage;
  abstract close(): Promise<void>;
}

/** Provides ReadDatabase and TransactionRunner to every module. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly connections: Connections) {}

  static forRoot(entities: Entities): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Connections,
          inject: [Configuration],
          useFactory: (configuration: Configuration) => connect(configuration, entities),
        },
        {
          provide: ReadDatabase,
          inject: [Connections],
          useFactory: ({ reader }: Connections) => reader,
        },
        // For code that needs SQLite's connection itself; undefined on PostgreSQL.
        {
          provide: WriteDatabase,
          inject: [Connections],
          useFactory: ({ writer }: Connections) => writer,
        },
        {
          provide: DatabaseUsage,
          inject: [Connections],
          useFactory: (connections: Connections) => ({ read: () => connections.usage() }),
        },
        {
          provide: TransactionRunner,
          inject: [Connections],
          useFactory: ({ transactions }: Connections) => transactions,
        },
      ],
      exports: [DatabaseUsage, ReadDatabase, TransactionRunner, WriteDatabase],
    };
  }

  /** Runs after the last response. */
  onApplicationShutdown(): Promise<void> {
    return this.connections.close();
  }
}

async function connect({ database }: Configuration, entities: Entities): Promise<Connections> {
  if (database.kind === 'postgres') {
    const source = await openPostgres(database, entities);
    return {
      reader: new ReadDatabase(source, postgresStatements(poolOf(source))),
      transactions: new PostgresTransactionRunner(source),
      usage: () => poolUsage(source),
      close: () => source.destroy(),
    };
  }
  const writer = await openWriteDatabase(database.file, entities);
  const reader = await openReadDatabase(database.file, entities);
  const transactions = new SqliteTransactionRunner(writer);
  return {
    writer,
    reader,
    transactions,
    usage: () => ({ waiting: transactions.waitingUnits }),
    close: async () => {
      await reader.close();
      await writer.destroy();
    },
  };
}
