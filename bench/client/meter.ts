import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MeasuredServer } from '../servers/measured-server.js';
import type { Load } from './load.js';
import type { Recorder } from './recorder.js';

/** The results of one load on one server. */
export interface Measurement {
  readonly requestsPerSecond: number;
  /** Median and 99th percentile of the durations, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server per request of all concurrent loads, in microseconds; null without /proc. */
  readonly cpuPerRequest: number | null;
  /** The server's resident memory at the end, in MiB; null without /proc. */
  readonly residentMemory: number | null;
  /** Number of responses by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Share of one core that the benchmark's own client used. Near 1, the client limits the result. */
  readonly clientShare: number;
}

/** Both times are in seconds. */
export interface MeasuringTime {
  /** Time before the measurement. */
  readonly warmUp: number;
  readonly seconds: number;
}

/** Measures the requests, and the CPU time of the server and of the client, during all calls to `during`. */
export class Meter {
  private seconds = 0;
  private serverCpu = 0;
  private clientCpu = 0;

  constructor(
    private readonly server: MeasuredServer,
    private readonly recorders: readonly Recorder[],
  ) {}

  async during(work: () => Promise<unknown>): Promise<void> {
    const [begin, driver, cpu] = [performance.now(), process.cpuUsage(), this.server.cpuSeconds()];
    for (const recorder of this.recorders) recorder.open();
    await work();
    for (const recorder of this.recorders) recorder.close();
    const { user, system } = process.cpuUsage(driver);
    this.seconds += (performance.now() - begin) / 1_000;
    this.serverCpu += this.server.cpuSeconds() - cpu;
    this.clientCpu += (user + system) / 1e6;
  }

  result(recorder: Recorder): Measurement {
    const requests = this.recorders.reduce((sum, { requests }) => sum + requests, 0);
    const cpu = (this.serverCpu / requests) * 1e6;
    return {
      requestsPerSecond: recorder.requests / this.seconds,
      p50: recorder.percentile(0.5),
      p99: recorder.percentile(0.99),
      cpuPerRequest: Number.isFinite(cpu) ? cpu : null,
      residentMemory: this.server.residentMebibytes(),
      statuses: recorder.counts,
      clientShare: this.clientCpu / this.seconds,
    };
  }
}

/** Measures concurrent loads and stops them. Returns a measurement for each name. */
export async function measure(
  server: MeasuredServer,
  loads: Readonly<Record<string, Load>>,
  { warmUp, seconds }: MeasuringTime,
): Promise<Record<string, Measurement>> {
  const recorders = Object.values(loads).map(({ recorder }) => recorder);
  const meter = new Meter(server, recorders);
  await sleep(warmUp * 1_000);
  await meter.during(() => sleep(seconds * 1_000));
  const results = Object.entries(loads).map(
    ([name, { recorder }]) => [name, meter.result(recorder)] as const,
  );
  for (const load of Object.values(loads)) await load.stop();
  return Object.fromEntries(results);
}
