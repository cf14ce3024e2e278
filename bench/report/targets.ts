import type { MeasurementEntry } from '../round.js';
import type { SubjectName } from '../servers/subjects.js';
import { medianNumber } from './medians.js';

/** A required ratio of VPMS to another server, or to itself, within a round. */
interface Target {
  readonly name: string;
  readonly metric: 'requestsPerSecond' | 'p99';
  readonly comparedTo: { readonly subject: SubjectName; readonly name?: string };
  readonly required: number;
}

const BARE = { subject: 'bare' } as const;
const GROUPS = { subject: 'bare groups' } as const;
const THROUGHPUT = { metric: 'requestsPerSecond', comparedTo: BARE } as const;

const SQLITE_TARGETS: readonly Target[] = [
  { ...THROUGHPUT, name: 'available lots', required: 1 },
  { ...THROUGHPUT, name: 'my bookings', required: 0.6 },
  { ...THROUGHPUT, name: 'admin stats', required: 1 },
  { ...THROUGHPUT, name: 'admin lots', required: 0.6 },
  { ...THROUGHPUT, name: 'book + release', required: 1 },
  { ...THROUGHPUT, name: 'book + release', comparedTo: GROUPS, required: 0.5 },
  { name: 'book + release', metric: 'p99', comparedTo: BARE, required: 0.5 },
  { ...THROUGHPUT, name: 'mixed', required: 1 },
  {
    ...THROUGHPUT,
    name: 'bookings beside logins',
    comparedTo: { subject: 'vpms', name: 'bookings alone' },
    required: 0.8,
  },
];

const POSTGRES_TARGETS: readonly Target[] = [
  { ...THROUGHPUT, name: 'book + release', required: 0.5 },
];

export interface Verdict {
  readonly text: string;
  readonly lessIsBetter: boolean;
  /** The metric of VPMS divided by that of the other server; median of the rounds. */
  readonly ratio: number;
  readonly required: number;
  readonly isMet: boolean;
}

/** Evaluates all targets whose scenarios were measured. */
export function evaluateTargets(
  entries: readonly MeasurementEntry[],
  database: 'sqlite' | 'postgres',
): Verdict[] {
  const targets = database === 'sqlite' ? SQLITE_TARGETS : POSTGRES_TARGETS;
  return targets.flatMap((target) => {
    const { name, metric, comparedTo, required } = target;
    const ratio = medianRatio(entries, target);
    if (Number.isNaN(ratio)) return [];
    const lessIsBetter = metric === 'p99';
    const other = comparedTo.name ?? comparedTo.subject;
    const label = lessIsBetter ? 'p99' : 'throughput';
    const isMet = lessIsBetter ? ratio <= required : ratio >= required;
    return [{ text: `${name}: ${label} ÷ ${other}`, lessIsBetter, ratio, required, isMet }];
  });
}

/** The median of the ratios of all rounds. Within a round, both values are measured seconds apart. */
function medianRatio(
  entries: readonly MeasurementEntry[],
  { name, metric, comparedTo }: Target,
): number {
  const of = (round: number, subject: SubjectName, measured: string) =>
    entries.find(
      (entry) => entry.round === round && entry.subject === subject && entry.name === measured,
    )?.measurement[metric];
  const rounds = [...new Set(entries.map(({ round }) => round))];
  const ratios = rounds.flatMap((round) => {
    const own = of(round, 'vpms', name);
    const other = of(round, comparedTo.subject, comparedTo.name ?? name);
    return own !== undefined && other !== undefined ? [own / other] : [];
  });
  return medianNumber(ratios);
}
