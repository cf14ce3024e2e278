import { DAY } from '../../../platform/time/durations.js';
import { type Line, lineWithoutUnits } from './line.js';
import type { LocalTime } from './local-time.js';
import { type Run, STEP } from './runs.js';
import type { CapPeriod } from '../tariff.js';

type DayCapPeriod = Exclude<CapPeriod, 'stay'>;

interface PeriodSum {
  readonly from: number;
  readonly until: number;
  amount: number;
}

/**
 * A negative line for each period of a cap in which the units cost more than the cap. A unit counts in the
 * period in which it starts. Yields the number of periods so far, after every {@link STEP} periods.
 */
export function* capLines(
  { per, amount }: { per: DayCapPeriod; amount: number },
  stay: { readonly runs: readonly Run[]; readonly start: number; readonly time: LocalTime },
): Generator<number, readonly Line[]> {
  const sums = yield* sumsPer(per, stay);
  return sums
    .filter((period) => period.amount > amount)
    .map((period) => lineWithoutUnits('cap', { ...period, amount: amount - period.amount }));
}

/** The cost of the units that start within each period of the stay. */
function* sumsPer(
  per: DayCapPeriod,
  { runs, start, time }: { runs: readonly Run[]; start: number; time: LocalTime },
): Generator<number, readonly PeriodSum[]> {
  const sums: PeriodSum[] = [];
  let period: PeriodSum | undefined;
  for (const run of runs) {
    for (let done = 0; done < run.units;) {
      const at = run.from + done * run.unit;
      if (!period || at >= period.until) {
        const { from, until } = periodAt(per, { at, start, time });
        period = { from, until, amount: 0 };
        sums.push(period);
        if (sums.length % STEP === 0) yield sums.length;
      }
      const count = Math.min(run.units - done, Math.ceil((period.until - at) / run.unit));
      period.amount += count * run.rate.price;
      done += count;
    }
  }
  return sums;
}

function periodAt(
  per: DayCapPeriod,
  { at, start, time }: { at: number; start: number; time: LocalTime },
): { readonly from: number; readonly until: number } {
  if (per === '24_hours') {
    const from = start + Math.floor((at - start) / DAY) * DAY;
    return { from, until: from + DAY };
  }
  return time.dayAt(at);
}
