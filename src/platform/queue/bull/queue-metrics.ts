import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics, type Sample } from '../../observability/metrics.js';
import { BullDispatcher, JOB_NAMES } from './bull-dispatcher.js';

/** Milliseconds after which a Redis that does not answer is left out. */
const TIMEOUT = 1_000;
const STATES = ['waiting', 'active', 'delayed'] as const;

/** What is in the queues of Redis: fewer than the rows where Redis has lost some, for a while. */
@Injectable()
export class QueueMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly dispatcher: BullDispatcher,
  ) {}

  onModuleInit(): void {
    this.metrics.add({
      kind: 'gauge',
      name: 'vpms_queue_messages',
      help: 'Messages in the queues of Redis; the same from every process.',
      labels: ['job', 'state'],
      query: async () => {
        const late = sleep(TIMEOUT, [], { ref: false });
        const answers = Promise.all(JOB_NAMES.map((name) => this.askQueue(name)));
        answers.catch(() => undefined);
        return (await Promise.race([answers, late])).flat();
      },
    });
  }

  private async askQueue(name: (typeof JOB_NAMES)[number]): Promise<readonly Sample[]> {
    const counts = await this.dispatcher.queue(name).getJobCounts();
    return STATES.map((state) => ({ labels: { job: name, state }, value: counts[state] }));
  }
}
