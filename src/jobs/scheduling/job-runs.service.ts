import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { Configuration } from '../../platform/config/configuration.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import type { Principal } from '../../platform/principal.js';
import { Dispatcher } from '../../platform/queue/dispatcher.js';
import { Clock } from '../../platform/time/clock.js';
import { beginRun, restartRun } from './begin-run.js';
import { PeriodCompleted } from './errors.js';
import { JobRun } from './job-run.entity.js';
import type { ScheduledJob } from './scheduled-job.js';
import { findScheduledJob } from './scheduled-jobs.js';

/** Number of latest runs to search for one that was not early. Only the current period's run can be early. */
const RECENT_RUNS = 12;

export interface RunRequest {
  readonly name: string;
  /** The job's default period if absent. */
  readonly period?: string;
}

/** Starts scheduled jobs, for the scheduler and for admins, and lists their runs. */
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
  async list(query: PageRequest): Promise<Page<JobRun>> {
    const [beforeId = Number.MAX_SAFE_INTEGER] = decodeCursor(query, 'id') ?? [];
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
   * Runs the job now, for an admin. Continues a failed run where it stopped, returns a running one
   * unchanged, and repeats a completed one that was early. The start of a run is audited.
   * @throws JobNotFound | PeriodCompleted | ValidationFailed if the period has the wrong form, is
   * later than the current one, or is earlier and the job runs for the current one only
   */
  async startManually(
    transactions: TransactionRunner,
    request: RunRequest,
    principal: Principal,
  ): Promise<JobRun> {
    const run = await transactions.run((tx) => this.beginManually(tx, request, principal));
    await this.dispatcher.dispatch({ kind: findScheduledJob(run.name), id: String(run.id) });
    return run;
  }

  /**
   * Runs the job for the period, unless any instance has already started a run for it. A finished run that
   * was early is repeated from the beginning.
   */
  async ensure(job: ScheduledJob, period: string): Promise<void> {
    const now = this.clock.now();
    const { name } = job;
    const known = await this.database.getRepository(JobRun).findOneBy({ name, period });
    const { timezone } = this.configuration;
    const isRepeated = known !== null && known.status !== 'running' && job.isEarly(known, timezone);
    if (known && !isRepeated) return;
    const run = await this.transactions.run(async (tx) => {
      if (isRepeated) await restartRun(tx, known, now);
      return (await beginRun(tx, { job, period, now })).run;
    });
    await this.dispatcher.dispatch({ kind: job, id: String(run.id) });
  }

  /** The latest period of the job with a run that was not early. */
  async lastPeriod(job: ScheduledJob): Promise<string | undefined> {
    const runs = await this.database
      .getRepository(JobRun)
      .find({ where: { name: job.name }, order: { period: 'DESC' }, take: RECENT_RUNS });
    return runs.find((run) => !job.isEarly(run, this.configuration.timezone))?.period;
  }

  private async beginManually(tx: Tx, request: RunRequest, principal: Principal): Promise<JobRun> {
    const job = findScheduledJob(request.name);
    const { name } = job;
    const now = this.clock.now();
    const { timezone } = this.configuration;
    const period = request.period ?? job.defaultPeriod(now, timezone);
    checkPeriod(job, period, job.period.current(now, timezone));
    const known = await tx.findOneBy(JobRun, { name, period });
    const isRepeated = known?.status === 'completed' && job.isEarly(known, timezone);
    if (isRepeated) await restartRun(tx, known, now);
    const { run, isBegun } = await beginRun(tx, { job, period, now });
    if (run.status === 'completed') throw new PeriodCompleted(name, period);
    if (isBegun || isRepeated) {
      const before = known ? { status: known.status } : undefined;
      const after = { name, period, status: run.status };
      const about = { at: now, by: principal, targetId: run.id };
      await recordAudit(tx, { ...about, action: 'job.started', before, after });
    }
    return run;
  }
}

/** @throws ValidationFailed */
function checkPeriod(job: ScheduledJob, period: string, current: string): void {
  if (!job.period.isValid(period)) {
    const message = `period must be ${job.period.form}`;
    throw new ValidationFailed([{ field: 'period', message }]);
  }
  if (period > current) {
    const message = `period must not be later than ${current}`;
    throw new ValidationFailed([{ field: 'period', message }]);
  }
  if (job.isCurrentOnly && period < current) {
    const message = `period must be ${current}: ${job.name} runs for the current day only`;
    throw new ValidationFailed([{ field: 'period', message }]);
  }
}
