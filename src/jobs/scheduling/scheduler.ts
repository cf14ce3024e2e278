import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { AccountsService } from '../../auth/accounts/accounts.service.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Clock } from '../../platform/time/clock.js';
import { ClockCorrection } from './clock-correction.js';
import { JobRunsService } from './job-runs.service.js';
import type { ScheduledJob } from './scheduled-job.js';
import { SCHEDULED_JOBS } from './scheduled-jobs.js';

/**
 * Ensures, at the start and once a minute, that every period that is due in `TIMEZONE` has a run. A
 * run's row is unique, so a restart, a second instance or a clock change neither skips nor repeats a
 * run.
 */
@Injectable()
export class Scheduler implements OnApplicationBootstrap {
  private readonly logger = new Logger('Scheduler');

  constructor(
    private readonly accounts: AccountsService,
    private readonly runs: JobRunsService,
    private readonly clockCorrection: ClockCorrection,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.tick();
  }

  @Cron(CronExpression.EVERY_MINUTE)
  async tick(): Promise<void> {
    try {
      await this.clockCorrection.check();
    } catch (error) {
      this.logger.error(
        error,
        'records ahead of the clock cannot be corrected; the next attempt is in a minute',
      );
    }
    for (const job of SCHEDULED_JOBS) {
      try {
        await this.ensureRuns(job);
      } catch (error) {
        this.logger.error(
          error,
          `${job.name} cannot be scheduled; the next attempt is in a minute`,
        );
      }
    }
  }

  /** Ignores periods that were due before the installation. */
  private async ensureRuns(job: ScheduledJob): Promise<void> {
    const now = this.clock.now();
    const due = job.due(now, this.configuration, await this.runs.lastPeriod(job));
    if (due.length === 0) return;
    const installedAt = await this.accounts.installedAt();
    for (const { period, since } of due) {
      if (installedAt && since >= installedAt) await this.runs.ensure(job, period);
    }
  }
}
