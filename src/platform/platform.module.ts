import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './time/clock.js';
import { Configuration } from './config/configuration.js';
import { MoneyConstraint } from './http/validation/numbers.js';
import { IdempotencyRecords } from './idempotency/idempotency-records.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { TransactionRunner } from './database/transaction-runner.js';
import { storeCurrency } from './money/installation-currency.js';
import { Currency } from './money/money.js';
import { Metrics } from './observability/metrics.js';

/** Providers for every module. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(configuration: Configuration, clock: Clock): DynamicModule {
    return {
      module: PlatformModule,
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: Clock, useValue: clock },
        {
          provide: Currency,
          inject: [TransactionRunner],
          useFactory: async (transactions: TransactionRunner) => {
            const { code, decimals } = await storeCurrency(transactions, configuration.currency);
            return new Currency(code, decimals);
          },
        },
        IdempotencyRecords,
        Metrics,
        MoneyConstraint,
        { provide: RateLimits, useFactory: () => RateLimits.create(configuration) },
      ],
      exports: [Configuration, Clock, Currency, IdempotencyRecords, Metrics, RateLimits],
    };
  }
}
