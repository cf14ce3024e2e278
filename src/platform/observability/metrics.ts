import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProblemCode } from '../errors/problem-codes.js';

/** In seconds: most answers take milliseconds, a hashed password a tenth of a second. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, so that there are no more of them than routes. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** `retried`: failed, and to be tried again. */
export const JOB_OUTCOMES = ['succeeded', 'retried', 'failed'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

export const BOOKING_EVENTS = ['booked', 'released'] as const;
export type BookingEvent = (typeof BOOKING_EVENTS)[number];

/** A figure that is not counted as things happen, but read when somebody asks. */
interface Figure {
  readonly kind: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** What this process knows by itself. */
export interface OwnFigure extends Figure {
  readonly read: () => readonly Sample[];
}

/** What the database or Redis must be asked for. Where it fails, the figure is left out. */
export interface AskedFigure extends Figure {
  readonly ask: () => Promise<readonly Sample[]>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What this process tells Prometheus of itself (docs/metrics.md). */
@Injectable()
export class Metrics {
  /** Of its own, since several applications may live in one process. */
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'vpms_http_request_duration_seconds',
    help: 'Time from the request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly problems = this.counter('vpms_problems_total', 'Error answers by code.', 'code');
  private readonly bookings = this.counter(
    'vpms_bookings_total',
    'Committed bookings and releases.',
    'event',
  );
  private readonly jobs = this.counter(
    'vpms_job_attempts_total',
    'Ended attempts at background work.',
    'job',
    'outcome',
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    // An increase from nothing to one is seen only where the nothing was.
    for (const event of BOOKING_EVENTS) this.bookings.inc({ event }, 0);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything in Prometheus's text format. */
  async text(): Promise<string> {
    const text = await this.registry.metrics();
    // What was not measured since the last time. prom-client has a spelling of its own for it.
    return text.replaceAll(/ Nan$/gm, ' NaN');
  }

  observeRequest({ method, route, status, seconds }: AnsweredRequest): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  countProblem(code: ProblemCode): void {
    this.problems.inc({ code });
  }

  countBooking(event: BookingEvent): void {
    this.bookings.inc({ event });
  }

  countJob(job: string, outcome: JobOutcome): void {
    this.jobs.inc({ job, outcome });
  }

  /** Has every count of these jobs begin at nothing. */
  expectJobs(jobs: readonly string[]): void {
    for (const job of jobs) for (const outcome of JOB_OUTCOMES) this.jobs.inc({ job, outcome }, 0);
  }

  /** Tells the figure as it is whenever somebody asks. */
  add(figure: OwnFigure | AskedFigure): void {
    const { kind, name, help, labels } = figure;
    const Metric = kind === 'gauge' ? Gauge : Counter;
    const metric = new Metric({
      name,
      help,
      labelNames: [...labels],
      registers: [],
      async collect() {
        const samples = 'read' in figure ? figure.read() : await askLast(figure);
        this.reset();
        for (const sample of samples) this.inc({ ...sample.labels }, sample.value);
      },
    });
    this.registry.registerMetric(metric);
  }

  private counter(name: string, help: string, ...labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}

/** After this process's own figures are read, of which the questions would be a part. */
async function askLast({ ask }: AskedFigure): Promise<readonly Sample[]> {
  await new Promise(setImmediate);
  return ask().catch(() => []);
}
