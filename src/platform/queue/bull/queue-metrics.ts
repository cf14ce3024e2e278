import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics, type Sample } from '../../observability/metrics.js';
import { type JobKind, JobKinds } from '../job-kind.js';
import { BullDispatcher } from './bull-dispatcher.js';

/** Milliseconds after which the metric is left out of a scrape. */
const TIMEOUT = 1_000;
const STATES = ['waiting', 'active', 'delayed'] as const;

/**
 * Counts the messages in Redis. If messages are lost, they are fewer than the unfinished rows until
 * reconciliation sends them again.
 */
@Injectable()
export class QueueMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly kinds: JobKinds,
    private readonly dispatcher: BullDispatcher,
  ) {}

  onModuleInit(): void {
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_queue_messages',
      help: 'Messages in the queues of Redis. Every process reports the same number.',
      labels: ['job', 'state'],
      query: async () => {
        const late = sleep(TIMEOUT, [], { ref: false });
        const counts = Promise.all(this.kinds.list.map((kind) => this.countMessages(kind)));
        counts.catch(() => undefined);
        return (await Promise.race([counts, late])).flat();
      },
    });
  }

  private async countMessages(kind: JobKind): Promise<readonly Sample[]> {
    const counts = await this.dispatcher.queue(kind).getJobCounts();
    return STATES.map((state) => ({ labels: { job: kind.name, state }, value: counts[state] }));
  }
}
