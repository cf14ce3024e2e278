import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { AccountsService } from '../../auth/accounts/accounts.service.js';
import { Clock } from '../../platform/time/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { JobRunsService } from './job-runs.service.js';
import {
  type DuePeriod,
  dueReminders,
  dueReports,
  type ScheduledJobName,
} from './scheduled-jobs.js';

/**
 * Looks every minute, and at the start, what is due by the wall clock of `TIMEZONE`, and sees to it
 * that it has a run. The run's row makes it once: so neither a restart, nor a second instance, nor
 * a clock change skips or doubles one.
 */
@Injectable()
export class Scheduler implements OnApplicationBootstrap {
  private readonly logger = new Logger('Schedules');

  constructor(
    private readonly accounts: AccountsService,
    private readonly runs: JobRunsService,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.tick();
  }

  @Cron(CronExpression.EVERY_MINUTE)
  async tick(): Promise<void> {
    try {
      const now = this.clock.now();
      const lastRun = await this.runs.lastReportedMonth();
      await this.ensure('daily-reminders', dueReminders(now, this.configuration));
      await this.ensure('monthly-reports', dueReports(now, this.configuration, lastRun));
    } catch (error) {
      this.logger.error(error, 'will be tried again in a minute');
    }
  }

  /** What was due before this installation was there is none of its business. */
  private async ensure(name: ScheduledJobName, due: readonly DuePeriod[]): Promise<void> {
    if (due.length === 0) return;
    const installedAt = await this.accounts.installedAt();
    for (const { period, since } of due) {
      if (installedAt && since >= installedAt) await this.runs.ensure(name, period);
    }
  }
}
