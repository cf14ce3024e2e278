import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSourceOptions } from 'typeorm';
import { Configuration } from '../config/configuration.js';
import { openReader, openWriter, Reader, Writer } from './data-sources.js';
import { SqliteTransactionRunner } from './sqlite-transaction-runner.js';
import { TransactionRunner } from './transaction-runner.js';

/** Gives every module the Reader and the TransactionRunner. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    private readonly writer: Writer,
    private readonly reader: Reader,
  ) {}

  static forRoot(entities: NonNullable<DataSourceOptions['entities']>): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Writer,
          inject: [Configuration],
          useFactory: ({ databaseFile }: Configuration) => openWriter(databaseFile, entities),
        },
        {
          provide: Reader,
          inject: [Configuration, Writer],
          useFactory: ({ databaseFile }: Configuration) => openReader(databaseFile, entities),
        },
        {
          provide: TransactionRunner,
          inject: [Writer],
          useFactory: (writer: Writer) => new SqliteTransactionRunner(writer),
        },
      ],
      exports: [Reader, TransactionRunner],
    };
  }

  /** After the last request is answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.reader.destroy();
    await this.writer.destroy();
  }
}
