import { Injectable } from '@nestjs/common';
import type { UnfinishedJob } from '../../platform/queue/job-handler.js';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { countUndelivered } from '../deliveries/deliveries.js';
import { JobRun, subjectOf } from './job-run.entity.js';

/** Reads and updates the row of a run, for the handlers of scheduled jobs. */
@Injectable()
export class RunProgress {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** The run, or null if it is finished. */
  async findRunning(id: string): Promise<JobRun | null> {
    return this.database.getRepository(JobRun).findOneBy({ id: Number(id), status: 'running' });
  }

  async listUnfinished(name: string): Promise<readonly UnfinishedJob[]> {
    const runs = await this.database.getRepository(JobRun).findBy({ name, status: 'running' });
    return runs.map(({ id }) => ({ id: String(id) }));
  }

  /** Completes the run. `note` is shown to the operator. */
  complete(run: JobRun, note?: string): Promise<void> {
    return this.end(run.id, 'completed', note);
  }

  fail(id: string, reason: string): Promise<void> {
    return this.end(Number(id), 'failed', reason);
  }

  private async end(id: number, status: 'completed' | 'failed', note?: string): Promise<void> {
    const finishedAt = this.clock.now();
    await this.transactions.run(async (tx) => {
      const run = await tx.findOneBy(JobRun, { id, status: 'running' });
      if (!run) return;
      const { failed, unknown, withheld } = await countUndelivered(tx, subjectOf(run));
      const uncertain = unknown > 0 ? `Sent, but perhaps not delivered: ${unknown}.` : undefined;
      const limited = withheld > 0 ? `Withheld by the mail limit: ${withheld}.` : undefined;
      const error =
        [note, uncertain, limited].filter((part) => part !== undefined).join(' ') || null;
      await tx.update(JobRun, { id }, { status, failed, error, finishedAt });
    });
  }
}
