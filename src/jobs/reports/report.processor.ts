import { Injectable } from '@nestjs/common';
import { daysOfMonth } from '../../platform/time/calendar.js';
import { Clock } from '../../platform/time/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { Currency } from '../../platform/money/money.js';
import type { JobHandler, UnfinishedJob } from '../../platform/queue/job-handler.js';
import { AheadUnits } from '../../parking/reservations/ahead/ahead-units.js';
import type { DeliveryBatch } from '../deliveries/deliveries.js';
import { type AddressedMail, BulkMailer } from '../deliveries/bulk-mailer.js';
import { Mailer } from '../../platform/messaging/mailer.js';
import { type JobRun, subjectOf } from '../scheduling/job-run.entity.js';
import { RunProgress } from '../scheduling/run-progress.js';
import { type DriverMonth, listDriverMonths } from './monthly-statistics.js';
import { monthlyReports } from './monthly-reports.js';
import { listUnmailed, storeReports, type UnmailedReport } from './report-queries.js';
import { reportPage } from './page/report-page.js';
import { ReportStatistics } from './report-statistics.js';

/** Reports that are made in one query and one transaction, in a few milliseconds. */
const BATCH_SIZE = 50;
const MAIL_BATCH_SIZE = 100;
const EARLY_NOTE =
  'The month is not over: nothing was mailed. The complete reports follow after its end.';

/** Makes, stores and mails the month's report of every driver with a stay or a fee in it. */
@Injectable()
export class ReportProcessor implements JobHandler {
  readonly kind = monthlyReports;

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly progress: RunProgress,
    private readonly mailer: Mailer,
    private readonly mails: BulkMailer,
    private readonly currency: Currency,
    private readonly statistics: ReportStatistics,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
    private readonly units: AheadUnits,
  ) {}

  async process(id: string, signal: AbortSignal): Promise<undefined> {
    const run = await this.progress.findRunning(id);
    if (!run) return;
    // Creates the fees that are due, so that the reports include them.
    await this.units.settleDue();
    await this.makeReports(run, signal);
    if (monthlyReports.isEarly(run, this.configuration.timezone)) {
      await this.progress.complete(run, EARLY_NOTE);
      return;
    }
    if (this.mailer.isConfigured) await this.mailReports(run, signal);
    await this.progress.complete(run);
  }

  fail(id: string, reason: string): Promise<void> {
    return this.progress.fail(id, reason);
  }

  listUnfinished(): Promise<readonly UnfinishedJob[]> {
    return this.progress.listUnfinished(this.kind.name);
  }

  private async makeReports(run: JobRun, signal: AbortSignal): Promise<void> {
    for await (const months of this.months(run)) {
      signal.throwIfAborted();
      const now = this.clock.now();
      await this.transactions.run((tx) => storeReports(tx, { run, months, now }));
    }
  }

  private async *months(run: JobRun): AsyncGenerator<DriverMonth[]> {
    const days = daysOfMonth(run.period, this.configuration.timezone);
    let afterId = 0;
    for (;;) {
      const months = await listDriverMonths(this.database, {
        month: run.period,
        days,
        now: this.clock.now(),
        since: run.startedAt,
        afterId,
        limit: BATCH_SIZE,
      });
      const last = months.at(-1);
      if (!last) return;
      yield months;
      afterId = last.userId;
      // Yields to other requests, because better-sqlite3 is synchronous.
      await new Promise(setImmediate);
    }
  }

  private async mailReports(run: JobRun, signal: AbortSignal): Promise<void> {
    const batch: DeliveryBatch = { subject: subjectOf(run), channel: 'email' };
    let afterId = 0;
    for (;;) {
      const selection = { batch, period: run.period, afterId, limit: MAIL_BATCH_SIZE };
      const reports = await listUnmailed(this.database, selection);
      const last = reports.at(-1);
      if (!last) return;
      const mails = await Promise.all(reports.map((report) => this.mailOf(run.period, report)));
      await this.mails.send(
        batch,
        mails.filter((mail) => mail !== undefined),
        signal,
      );
      afterId = last.userId;
    }
  }

  private async mailOf(
    period: string,
    { userId, email, content }: UnmailedReport,
  ): Promise<AddressedMail | undefined> {
    const statistics = await this.statistics.read({ userId, period, content });
    if (!statistics) return undefined;
    const report = { month: period, statistics, isComplete: true };
    const { title, html, text } = reportPage(report, this.currency);
    const id = `report-${period}-${userId}`;
    return { userId, mail: { id, to: email, subject: title, html, text } };
  }
}
