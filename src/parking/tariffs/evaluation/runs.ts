import type { LocalTime } from './local-time.js';
import type { Tariff } from '../tariff.js';
import { TimedRate } from './timed-rate.js';

/** Equal units that follow each other without a gap. */
export interface Run {
  readonly rate: TimedRate;
  readonly from: number;
  /** The length of a unit in ms; the last one may end after the stay. */
  readonly unit: number;
  readonly units: number;
}

/** How many runs, or periods of a cap, are computed between two pauses of an evaluation. */
export const STEP = 100;

/**
 * The units that cover the stay, from its start. A stay of zero length is one unit. Yields the number of runs
 * so far after every {@link STEP} runs.
 */
export function* runsOf(
  { rates }: Tariff,
  { from, until, time }: { from: number; until: number; time: LocalTime },
): Generator<number, readonly Run[]> {
  const timed = rates.map((rate) => new TimedRate(rate, { start: from, time }));
  const runs: Run[] = [];
  for (let at = from; at < until || runs.length === 0;) {
    const run = nextRun(timed, at, until);
    runs.push(run);
    if (runs.length % STEP === 0) yield runs.length;
    at = run.from + run.units * run.unit;
  }
  return runs;
}

/** The units of the first matching rate that start before another rate may match or the stay ends. */
function nextRun(rates: readonly TimedRate[], at: number, until: number): Run {
  let end = until;
  for (const rate of rates) {
    if (at >= rate.end) rate.advance(at);
    if (at >= rate.start) {
      const unit = rate.unitAt(at);
      const units = Math.max(1, Math.ceil((Math.min(end, rate.end) - at) / unit));
      return { rate, from: at, unit, units };
    }
    if (rate.start < end) end = rate.start;
  }
  throw new Error('The last rate of a tariff has no conditions, so one always matches');
}
