import { setTimeout as sleep } from 'node:timers/promises';
import { getQueueToken } from '@nestjs/bull';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Job, Queue } from 'bull';
import { Dispatcher } from '../dispatcher.js';
import { type JobName, JOBS } from '../jobs.js';

/** What a message carries. */
export interface JobMessage {
  readonly id: string;
}

/** A message that Redis does not take in this time is left to the sweep; in milliseconds. */
const TIMEOUT = 1_000;

/** States of a job that is going to be worked on. */
const UNDER_WAY: ReadonlySet<string> = new Set(['waiting', 'active', 'delayed', 'paused']);

/** Sends the work through Redis, to whichever worker is free. */
@Injectable()
export class BullDispatcher extends Dispatcher implements OnModuleInit {
  private readonly logger = new Logger('Jobs');

  constructor(private readonly moduleRef: ModuleRef) {
    super();
  }

  onModuleInit(): void {
    // Bull says so on each try to reconnect; RedisStore logs it once, for all.
    for (const name of JOB_NAMES) this.queue(name).on('error', () => undefined);
  }

  /** Its id makes a message that is sent twice one job. Without Redis, the sweep finds the row. */
  override dispatch(name: JobName, id: string): Promise<void> {
    return this.withTimeout(name, id, this.send(name, id));
  }

  /** Sends the message of an unfinished row again, unless it is still under way. */
  resend(name: JobName, id: string): Promise<void> {
    return this.withTimeout(
      name,
      id,
      this.removeStaleJob(name, id).then(() => this.send(name, id)),
    );
  }

  private async send(name: JobName, id: string): Promise<void> {
    await this.queue(name).add({ id }, { jobId: jobId(name, id) });
  }

  /**
   * Where Redis lost its content while a worker was taking a message, a job without content is
   * left under that id, in no list or among the finished ones: it would keep the id taken for ever.
   * Ours are removed when they finish. One that a worker still holds waits for the next sweep.
   */
  private async removeStaleJob(name: JobName, id: string): Promise<void> {
    const job = await this.queue(name).getJob(jobId(name, id));
    if (!job || UNDER_WAY.has(await job.getState())) return;
    await job.remove();
  }

  private async withTimeout(name: JobName, id: string, sent: Promise<void>): Promise<void> {
    const late = sleep(TIMEOUT, undefined, { ref: false }).then(() => 'late' as const);
    const outcome = await Promise.race([sent, late]).catch((error: unknown) => error);
    if (outcome === 'late' || outcome instanceof Error) {
      sent.catch(() => undefined);
      this.logger.warn(`${name} ${id} waits for the next sweep: the queue cannot be reached`);
    }
  }

  queue(name: JobName): Queue<JobMessage> {
    return this.moduleRef.get<Queue<JobMessage>>(getQueueToken(name), { strict: false });
  }
}

function jobId(name: JobName, id: string): string {
  return `${name}-${id}`;
}

export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** Whether the job was tried as often as it may be. */
export function attemptsExhausted({ attemptsMade, opts }: Job): boolean {
  return attemptsMade >= (opts.attempts ?? 1);
}
