import { Module } from '@nestjs/common';
import { HealthCheck } from '../common/observability/health.js';
import { OperationsController } from './operations.controller.js';

/** What whoever runs the program asks it. */
@Module({ controllers: [OperationsController], providers: [HealthCheck] })
export class OperationsModule {}
