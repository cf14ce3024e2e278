import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../servers/server-process.js';
import type { Load } from './load.js';
import type { Recorder } from './recorder.js';

/** One load on one server. */
export interface Measurement {
  readonly requestsPerSecond: number;
  /** Milliseconds that half of the requests, and 99 in 100 of them, did not exceed. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's CPU for a request of any load of the time; null without /proc. */
  readonly cpuPerRequest: number | null;
  /** Of the server, in MiB, at the end; null without /proc. */
  readonly residentMemory: number | null;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Share of one core that the driver took: near 1, it is what limits the figure. */
  readonly driverShare: number;
}

/** Both in seconds. */
export interface Window {
  /** Before anything is counted. */
  readonly warmUp: number;
  readonly seconds: number;
}

/** Measures what a server and its driver spend while the recorders are open, once or several times. */
export class Meter {
  private seconds = 0;
  private serverCpu = 0;
  private driverCpu = 0;

  constructor(
    private readonly server: ServerProcess,
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
    this.driverCpu += (user + system) / 1e6;
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
      driverShare: this.driverCpu / this.seconds,
    };
  }
}

/** Measures loads that run side by side, and ends them; answers a measurement for each name. */
export async function measure(
  server: ServerProcess,
  loads: Readonly<Record<string, Load>>,
  { warmUp, seconds }: Window,
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
