import { setTimeout as sleep } from 'node:timers/promises';
import { getQueueToken } from '@nestjs/bull';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Job, Queue } from 'bull';
import { Dispatcher } from './dispatcher.js';
import { type JobName, JOBS } from './jobs.js';

/** What a message carries. */
export interface JobMessage {
  readonly id: string;
}

/** A message that Redis does not take in this time is left to the sweep; in milliseconds. */
const TIMEOUT = 1_000;

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
  override async dispatch(name: JobName, id: string): Promise<void> {
    const sent = this.queue(name).add({ id }, { jobId: `${name}-${id}` });
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

export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** Whether the job was tried as often as it may be. */
export function isSpent({ attemptsMade, opts }: Job): boolean {
  return attemptsMade >= (opts.attempts ?? 1);
}
