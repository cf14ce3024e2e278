import type { Measurement } from '../client/meter.js';
import type { MeasurementEntry } from '../round.js';
import type { SubjectName } from '../servers/subjects.js';

/** One measurement of a server, as the median of all rounds. */
export interface Row {
  readonly name: string;
  readonly subject: SubjectName;
  readonly median: Measurement;
}

export function medianRows(entries: readonly MeasurementEntry[]): Row[] {
  const groups = new Map<string, MeasurementEntry[]>();
  for (const entry of entries) {
    const key = `${entry.name}, ${entry.subject}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { name, subject } = first;
    return [{ name, subject, median: medianOf(group.map(({ measurement }) => measurement)) }];
  });
}

/** Identifies a measurement by its server and its name. */
type Measured = Pick<MeasurementEntry, 'subject' | 'name'>;

/**
 * The median of the ratios of all rounds, or NaN if there is none. Within a round, both were measured
 * within seconds of each other.
 */
export function medianRatio(
  entries: readonly MeasurementEntry[],
  metric: 'requestsPerSecond' | 'p99' | 'cpuPerRequest',
  one: Measured,
  other: Measured,
): number {
  const inRound = (round: number, { subject, name }: Measured) =>
    entries.find(
      (entry) => entry.round === round && entry.subject === subject && entry.name === name,
    )?.measurement[metric];
  const rounds = [...new Set(entries.map(({ round }) => round))];
  return medianNumber(
    rounds.flatMap((round) => {
      const [dividend, divisor] = [inRound(round, one), inRound(round, other)];
      return typeof dividend === 'number' && typeof divisor === 'number'
        ? [dividend / divisor]
        : [];
    }),
  );
}

/** Returns NaN for an empty list. */
export function medianNumber(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

function medianOf(measurements: readonly Measurement[]): Measurement {
  const number = (pick: (measurement: Measurement) => number) =>
    medianNumber(measurements.map(pick));
  const optional = (pick: (measurement: Measurement) => number | null) => {
    const values = measurements.map(pick).filter((value) => value !== null);
    return values.length > 0 ? medianNumber(values) : null;
  };
  return {
    requestsPerSecond: number(({ requestsPerSecond }) => requestsPerSecond),
    p50: number(({ p50 }) => p50),
    p99: number(({ p99 }) => p99),
    cpuPerRequest: optional(({ cpuPerRequest }) => cpuPerRequest),
    residentMemory: optional(({ residentMemory }) => residentMemory),
    clientShare: number(({ clientShare: driverShare }) => driverShare),
    statuses: sumOf(measurements.map(({ statuses }) => statuses)),
  };
}

/** Statuses are summed, because a median could hide a wrong status. */
function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [status, count] of counts.flatMap(Object.entries<number>)) {
    sum[status] = (sum[status] ?? 0) + count;
  }
  return sum;
}
