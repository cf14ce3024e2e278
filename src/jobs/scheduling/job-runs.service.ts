import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../../platform/principal.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { Clock } from '../../platform/time/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { decodeCursor, Page } from '../../platform/page.js';
import type { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { Dispatcher } from '../../platform/queue/dispatcher.js';
import { JobNotFound, PeriodCompleted } from './errors.js';
import { JobRun } from './job-run.entity.js';
import {
  defaultPeriod,
  isMonthOver,
  isPeriodOf,
  isScheduledJob,
  currentPeriod,
  type ScheduledJobName,
} from './scheduled-jobs.js';

/** At most one of them, that of the present month, can be early. */
const RECENT_RUNS = 12;

/** The period's default is the job's own: today, or the month before this one. */
export interface RunRequest {
  readonly name: string;
  readonly period?: string;
}

/** Starts scheduled jobs, for the schedule and for admins, and shows what became of them. */
@Injectable()
export class JobRunsService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly dispatcher: Dispatcher,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /** Runs, newest first. */
  async list(query: PageQuery): Promise<Page<JobRun>> {
    const [beforeId = Number.MAX_SAFE_INTEGER] = decodeCursor(query, 1) ?? [];
    const rows = await this.database
      .getRepository(JobRun)
      .createQueryBuilder('run')
      .where('run.id < :beforeId', { beforeId })
      .orderBy('run.id', 'DESC')
      .limit(query.limit + 1)
      .getMany();
    return Page.of(rows, query.limit, ({ id }) => [id]);
  }

  /**
   * Runs the job now, on an admin's word: a period that failed goes on where it stopped, one that
   * is running is answered as it is. What starts a run is audited.
   * @throws JobNotFound | ValidationFailed for no period of the job or a later one | PeriodCompleted
   */
  async startManually(
    transactions: TransactionRunner,
    request: RunRequest,
    principal: Principal,
  ): Promise<JobRun> {
    const run = await transactions.run((tx) => this.beginManually(tx, request, principal));
    await this.dispatcher.dispatch(run.name, String(run.id));
    return run;
  }

  /**
   * Runs the job for the period unless it has run, on whichever instance. A month that was reported
   * on an admin's word before it was over is reported again, whole; nobody is mailed twice.
   */
  async ensure(name: ScheduledJobName, period: string): Promise<void> {
    const now = this.clock.now();
    const { timezone } = this.configuration;
    const known = await this.database.getRepository(JobRun).findOneBy({ name, period });
    const wasEarly =
      name === 'monthly-reports' &&
      known?.status !== 'running' &&
      known !== null &&
      !isMonthOver(period, known.startedAt, timezone);
    if (known && !wasEarly) return;
    const run = await this.transactions.run(async (tx) => {
      if (wasEarly) await restart(tx, known.id, now);
      return (await begin(tx, name, period, now)).run;
    });
    await this.dispatcher.dispatch(name, String(run.id));
  }

  /** The latest month that was reported when it was over; an early report on an admin's word is none. */
  async lastReportedMonth(): Promise<string | undefined> {
    const runs = await this.database
      .getRepository(JobRun)
      .find({ where: { name: 'monthly-reports' }, order: { period: 'DESC' }, take: RECENT_RUNS });
    const { timezone } = this.configuration;
    return runs.find(({ period, startedAt }) => isMonthOver(period, startedAt, timezone))?.period;
  }

  private async beginManually(
    tx: Tx,
    { name, period }: RunRequest,
    principal: Principal,
  ): Promise<JobRun> {
    if (!isScheduledJob(name)) throw new JobNotFound(name);
    const now = this.clock.now();
    const { timezone } = this.configuration;
    const wanted = period ?? defaultPeriod(name, now, timezone);
    checkPeriod(name, wanted, currentPeriod(name, now, timezone));
    const known = await tx.findOneBy(JobRun, { name, period: wanted });
    const { run, begun } = await begin(tx, name, wanted, now);
    if (run.status === 'completed') throw new PeriodCompleted(name, wanted);
    if (begun) {
      const before = known ? { status: known.status } : undefined;
      const after = { name, period: wanted, status: run.status };
      const about = { at: now, by: principal, targetId: run.id };
      await recordAudit(tx, { ...about, action: 'job.started', before, after });
    }
    return run;
  }
}

/** @throws ValidationFailed */
function checkPeriod(name: ScheduledJobName, period: string, present: string): void {
  const form = name === 'daily-reminders' ? 'a day (YYYY-MM-DD)' : 'a month (YYYY-MM)';
  if (!isPeriodOf(name, period)) {
    throw new ValidationFailed([{ field: 'period', message: `period must be ${form}` }]);
  }
  if (period > present) {
    const message = `period must not be later than ${present}`;
    throw new ValidationFailed([{ field: 'period', message }]);
  }
}

/**
 * The period's one run: made, taken up again where it had failed (then it has begun), or left as it
 * is. Reminders that were delivered stay counted; reports are made, and counted, anew.
 */
async function begin(
  tx: Tx,
  name: ScheduledJobName,
  period: string,
  now: Date,
): Promise<{ readonly run: JobRun; readonly begun: boolean }> {
  const begun = await tx.sql`
    INSERT INTO job_runs (name, period, status, started_at) VALUES
      (${name}, ${period}, 'running', ${now.getTime()})
    ON CONFLICT (name, period) DO UPDATE
      SET status = 'running', started_at = ${now.getTime()}, finished_at = NULL, error = NULL,
        failed = 0, processed = CASE job_runs.name
          WHEN 'monthly-reports' THEN (SELECT COUNT(*) FROM reports
            WHERE reports.period = job_runs.period AND reports.created_at >= ${now.getTime()})
          ELSE job_runs.processed END
      WHERE job_runs.status = 'failed'
    RETURNING id`;
  const run = await tx.findOneBy(JobRun, { name, period });
  if (!run) throw new Error('A job run that was just stored is missing');
  return { run, begun: begun.length > 0 };
}

async function restart(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.update(
    JobRun,
    { id },
    {
      status: 'running',
      startedAt: now,
      finishedAt: null,
      processed: 0,
      failed: 0,
      error: null,
    },
  );
}
