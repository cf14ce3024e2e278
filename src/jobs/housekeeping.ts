import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { TokensService } from '../auth/sessions/tokens.service.js';
import { IdempotencyRecords } from '../platform/idempotency/idempotency-records.js';
import { ExportsService } from './exports/exports.service.js';

/** Forgets what has expired. Nothing depends on when it runs: what has expired counts no more. */
@Injectable()
export class Housekeeping {
  private readonly logger = new Logger('Housekeeping');

  constructor(
    private readonly exports: ExportsService,
    private readonly tokens: TokensService,
    private readonly keptOutcomes: IdempotencyRecords,
  ) {}

  @Cron(CronExpression.EVERY_HOUR)
  async run(): Promise<void> {
    try {
      await this.tokens.deleteExpired();
      await this.keptOutcomes.deleteExpired();
      await this.exports.cleanUp();
    } catch (error) {
      this.logger.error(error, 'will be tried again in an hour');
    }
  }
}
