import { setTimeout as sleep } from 'node:timers/promises';
import { getQueueToken } from '@nestjs/bull';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bull';
import { Clock } from '../../time/clock.js';
import { Dispatcher } from '../dispatcher.js';
import { type JobKind, JobKinds, type JobMessage } from '../job-kind.js';

/** The content of a Bull job. */
export interface BullMessage {
  readonly id: string;
}

/** How long a dispatch waits for Redis, in milliseconds. */
const TIMEOUT = 1_000;
/** Added to a delay, so that the message does not arrive before the job is due. In milliseconds. */
const MARGIN = 10;
/** Bull's states of a message that is waiting or being processed. */
const PENDING_STATES: ReadonlySet<string> = new Set(['waiting', 'active', 'paused']);

/** Sends messages through Redis. */
@Injectable()
export class BullDispatcher extends Dispatcher implements OnModuleInit {
  private readonly logger = new Logger('Jobs');

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly kinds: JobKinds,
    private readonly clock: Clock,
  ) {
    super();
  }

  onModuleInit(): void {
    // Bull emits an error for each attempt to reconnect; the cache store logs the outage once.
    for (const kind of this.kinds.list) this.queue(kind).on('error', () => undefined);
  }

  /** The Bull job's id deduplicates a message that is sent twice. */
  override dispatch(message: JobMessage): Promise<void> {
    return this.withTimeout(message, this.send(message));
  }

  /** Sends the message of an unfinished row again, unless Redis still has it. */
  resend(message: JobMessage): Promise<void> {
    const sent = this.removeStaleJob(message).then(() => this.send(message));
    return this.withTimeout(message, sent);
  }

  queue({ name }: JobKind): Queue<BullMessage> {
    return this.moduleRef.get<Queue<BullMessage>>(getQueueToken(name), { strict: false });
  }

  private async send(message: JobMessage): Promise<void> {
    const { kind, id, runAt } = message;
    const delay = (runAt?.getTime() ?? 0) - this.clock.now().getTime();
    await this.queue(kind).add(
      { id },
      { jobId: jobIdOf(message), ...(delay > 0 && { delay: delay + MARGIN }) },
    );
  }

  /**
   * Removes an entry that blocks the id of the message. If Redis loses its data while a worker takes a
   * message, an entry without content remains under the message's id, in no list or among the finished
   * entries. An entry that a worker still holds is left to the next reconciliation. Redis measures a delay
   * with its own clock: if this process's clock was set forward, a job is due while its message is still
   * delayed.
   */
  private async removeStaleJob(message: JobMessage): Promise<void> {
    const job = await this.queue(message.kind).getJob(jobIdOf(message));
    if (!job) return;
    const state = await job.getState();
    if (state === 'delayed' ? !this.isDue(message) : PENDING_STATES.has(state)) return;
    await job.remove();
  }

  /** Bull itself delays the retries of messages without an instant. */
  private isDue({ runAt }: JobMessage): boolean {
    return runAt !== undefined && runAt <= this.clock.now();
  }

  private async withTimeout({ kind, id }: JobMessage, sent: Promise<void>): Promise<void> {
    const late = sleep(TIMEOUT, undefined, { ref: false }).then(() => 'late' as const);
    const outcome = await Promise.race([sent, late]).catch((error: unknown) => error);
    if (outcome === 'late' || outcome instanceof Error) {
      sent.catch(() => undefined);
      this.logger.warn(
        `${kind.name} ${id} waits for the next reconciliation: the queue cannot be reached`,
      );
    }
  }
}

/** Includes the instant `runAt`, so that Bull does not drop a retry at another time as a duplicate. */
function jobIdOf({ kind, id, runAt }: JobMessage): string {
  const message = `${kind.name}-${id}`;
  return runAt ? `${message}-${runAt.getTime()}` : message;
}
