import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProblemCode } from '../errors/problem-codes.js';

/** Durations in seconds. Most responses take milliseconds; a password hash takes a tenth of a second. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface CompletedRequest {
  readonly method: string;
  /** The route's pattern, which keeps the number of series bounded. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** `retried`: the attempt failed and another one follows. */
const JOB_OUTCOMES = ['succeeded', 'retried', 'failed'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** A counter of events, one series per event. */
export interface EventCounter<Event extends string> {
  readonly name: string;
  readonly help: string;
  /** All values of the label `event`. */
  readonly events: readonly Event[];
}

/** A metric whose samples are read at each scrape. */
interface ScrapedMetric {
  readonly kind: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Read from the state of this process. */
export interface SyncMetric extends ScrapedMetric {
  readonly read: () => readonly Sample[];
}

/** Queried from the database or Redis. Has no samples if the query fails. */
export interface AsyncMetric extends ScrapedMetric {
  readonly query: () => Promise<readonly Sample[]>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The Prometheus metrics of this process (docs/metrics.md). */
@Injectable()
export class Metrics {
  /** Replaces prom-client's global registry, because tests run several applications in one process. */
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'vpms_http_request_duration_seconds',
    help: 'Time from the request to its response.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly problems = this.counter(
    'vpms_problems_total',
    'Error responses by code.',
    'code',
  );
  private readonly jobs = this.counter(
    'vpms_job_attempts_total',
    'Attempts at background jobs that have ended.',
    'job',
    'outcome',
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  async text(): Promise<string> {
    const text = await this.registry.metrics();
    // For a summary without samples, prom-client writes `Nan`; the format requires `NaN`.
    return text.replaceAll(/ Nan$/gm, ' NaN');
  }

  observeRequest({ method, route, status, seconds }: CompletedRequest): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  countProblem(code: ProblemCode): void {
    this.problems.inc({ code });
  }

  countJob(job: string, outcome: JobOutcome): void {
    this.jobs.inc({ job, outcome });
  }

  /** Sets every counter of these jobs to zero, so that it is exported before the first attempt. */
  initializeJobs(jobs: readonly string[]): void {
    for (const job of jobs) for (const outcome of JOB_OUTCOMES) this.jobs.inc({ job, outcome }, 0);
  }

  /** Adds the counter with each event at zero, and returns the function that counts an event. */
  addCounter<Event extends string>(counter: EventCounter<Event>): (event: Event) => void {
    const events = this.counter(counter.name, counter.help, 'event');
    // Prometheus' `increase()` cannot see a series' first sample.
    for (const event of counter.events) events.inc({ event }, 0);
    return (event) => events.inc({ event });
  }

  /** Adds a metric whose samples are read at each scrape. */
  add(metric: SyncMetric | AsyncMetric): void {
    const { kind, name, help, labels } = metric;
    const Metric = kind === 'gauge' ? Gauge : Counter;
    const scraped = new Metric({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      async collect() {
        const samples = 'read' in metric ? metric.read() : await collectAsyncLast(metric);
        this.reset();
        for (const sample of samples) this.inc({ ...sample.labels }, sample.value);
      },
    });
    this.registry.registerMetric(scraped);
  }

  private counter(name: string, help: string, ...labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}

/** Runs after the synchronous metrics, so that these queries do not show up in them. */
async function collectAsyncLast({ query }: AsyncMetric): Promise<readonly Sample[]> {
  await new Promise(setImmediate);
  return query().catch(() => []);
}
