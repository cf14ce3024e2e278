import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { countUndelivered } from '../deliveries/deliveries.js';
import { JobRun, subjectOf } from './job-run.entity.js';
import type { ScheduledJobName } from './scheduled-jobs.js';

interface Outcome {
  readonly status: 'completed' | 'failed';
  readonly note?: string;
}

/** What the processors of scheduled jobs write into their run's row. */
@Injectable()
export class RunProgress {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** The run, unless it is finished already. */
  async findRunning(id: string): Promise<JobRun | null> {
    return this.database.getRepository(JobRun).findOneBy({ id: Number(id), status: 'running' });
  }

  async unfinished(name: ScheduledJobName): Promise<readonly string[]> {
    const runs = await this.database.getRepository(JobRun).findBy({ name, status: 'running' });
    return runs.map(({ id }) => String(id));
  }

  /** Ends the run well. `note` is what an operator should know all the same. */
  complete(run: JobRun, note?: string): Promise<void> {
    return this.end(run.id, { status: 'completed', note });
  }

  fail(id: string, reason: string): Promise<void> {
    return this.end(Number(id), { status: 'failed', note: reason });
  }

  private async end(id: number, { status, note }: Outcome): Promise<void> {
    const finishedAt = this.clock.now();
    await this.transactions.run(async (tx) => {
      const run = await tx.findOneBy(JobRun, { id, status: 'running' });
      if (!run) return;
      const { failed, unknown } = await countUndelivered(tx, subjectOf(run));
      const doubt = unknown > 0 ? `Sent, but perhaps not arrived: ${unknown}.` : undefined;
      const error = [note, doubt].filter((part) => part !== undefined).join(' ') || null;
      await tx.update(JobRun, { id }, { status, failed, error, finishedAt });
    });
  }
}
