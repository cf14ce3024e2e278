import { Module } from '@nestjs/common';
import { HealthCheck } from '../platform/observability/health.js';
import { AuthModule } from '../auth/auth.module.js';
import { MetricsGuard } from './metrics.guard.js';
import { OperationsController } from './operations.controller.js';
import { ProcessMetrics } from './process-metrics.js';
import { CacheModule } from '../platform/cache/cache.module.js';

/** Health and metrics for the operator of the program. */
@Module({
  controllers: [OperationsController],
  imports: [AuthModule, CacheModule],
  providers: [HealthCheck, MetricsGuard, ProcessMetrics],
})
export class OperationsModule {}
