import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Reader } from '../../common/database/data-sources.js';
import { TransactionRunner } from '../../common/database/transaction-runner.js';
import { JobRun } from './job-run.entity.js';
import type { ScheduledJobName } from './scheduled-jobs.js';

/** What the processors of scheduled jobs write into their run's row. */
@Injectable()
export class RunProgress {
  constructor(
    private readonly reader: Reader,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** The run, unless it is finished already. */
  async findRunning(id: string): Promise<JobRun | null> {
    return this.reader.getRepository(JobRun).findOneBy({ id: Number(id), status: 'running' });
  }

  async unfinished(name: ScheduledJobName): Promise<readonly string[]> {
    const runs = await this.reader.getRepository(JobRun).findBy({ name, status: 'running' });
    return runs.map(({ id }) => String(id));
  }

  /** Ends the run well. `note` is what an operator should know all the same. */
  async complete(run: JobRun, { failed, note }: { failed: number; note?: string }): Promise<void> {
    await this.end(run.id, { status: 'completed', failed, error: note ?? null });
  }

  async fail(id: string, reason: string): Promise<void> {
    await this.end(Number(id), { status: 'failed', error: reason });
  }

  private async end(id: number, outcome: Partial<JobRun>): Promise<void> {
    const finishedAt = this.clock.now();
    await this.transactions.run((tx) => tx.update(JobRun, id, { ...outcome, finishedAt }));
  }
}
