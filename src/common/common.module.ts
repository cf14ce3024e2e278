import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Configuration } from './config/configuration.js';
import { MoneyConstraint } from './http/fields/numbers.js';
import { KeptOutcomes } from './idempotency/kept-outcomes.js';
import { RateLimits } from './limits/rate-limits.js';
import { Currency } from './money.js';
import { Metrics } from './observability/metrics.js';

/** What every module may ask for. */
@Global()
@Module({})
export class CommonModule {
  static forRoot(configuration: Configuration, clock: Clock): DynamicModule {
    return {
      module: CommonModule,
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: Clock, useValue: clock },
        Currency,
        KeptOutcomes,
        Metrics,
        MoneyConstraint,
        RateLimits,
      ],
      exports: [Configuration, Clock, Currency, KeptOutcomes, Metrics, RateLimits],
    };
  }
}
