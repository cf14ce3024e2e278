import type { Entry } from '../round.js';
import type { SubjectName } from '../servers/subjects.js';
import { medianNumber } from './figures.js';

/** How the program compares to another server, or to itself, within the same round. */
interface Target {
  readonly name: string;
  readonly figure: 'requestsPerSecond' | 'p99';
  readonly comparedTo: { readonly subject: SubjectName; readonly name?: string };
  /** Undefined where nothing is demanded. */
  readonly least?: number;
  readonly aim?: number;
}

const BARE = { subject: 'bare' } as const;
const GROUPS = { subject: 'bare groups' } as const;
const THROUGHPUT = { figure: 'requestsPerSecond', comparedTo: BARE } as const;

const SQLITE_TARGETS: readonly Target[] = [
  { ...THROUGHPUT, name: 'available lots', least: 1, aim: 2 },
  { ...THROUGHPUT, name: 'my bookings', least: 0.5, aim: 0.8 },
  { ...THROUGHPUT, name: 'admin stats', least: 1, aim: 2 },
  { ...THROUGHPUT, name: 'admin lots', least: 0.5, aim: 0.8 },
  { ...THROUGHPUT, name: 'book + release', least: 1 },
  { ...THROUGHPUT, name: 'book + release', comparedTo: GROUPS, aim: 0.5 },
  { name: 'book + release', figure: 'p99', comparedTo: BARE, least: 1, aim: 0.5 },
  { ...THROUGHPUT, name: 'mixed', least: 1, aim: 1.5 },
  {
    ...THROUGHPUT,
    name: 'bookings beside logins',
    comparedTo: { subject: 'vpms', name: 'bookings alone' },
    least: 0.8,
  },
];

const POSTGRES_TARGETS: readonly Target[] = [{ ...THROUGHPUT, name: 'book + release', least: 0.5 }];

export interface Verdict {
  readonly text: string;
  /** Whether less is better. */
  readonly isCeiling: boolean;
  /** The program's figure divided by the other one, in the median of the rounds. */
  readonly ratio: number;
  readonly least?: number;
  readonly aim?: number;
  readonly isMet: boolean;
}

/** How far the program is; targets of what was not measured are left out. */
export function judge(entries: readonly Entry[], database: 'sqlite' | 'postgres'): Verdict[] {
  const targets = database === 'sqlite' ? SQLITE_TARGETS : POSTGRES_TARGETS;
  return targets.flatMap((target) => {
    const { name, figure, comparedTo, least, aim } = target;
    const ratio = medianRatio(entries, target);
    if (Number.isNaN(ratio)) return [];
    // Of throughput more is better, of waiting less.
    const isCeiling = figure === 'p99';
    const reaches = (bound: number) => (isCeiling ? ratio <= bound : ratio >= bound);
    const other = comparedTo.name ?? comparedTo.subject;
    const kind = isCeiling ? 'p99' : 'throughput';
    const isMet = reaches(least ?? aim ?? NaN);
    return [{ text: `${name}: ${kind} ÷ ${other}`, isCeiling, ratio, least, aim, isMet }];
  });
}

/** The median over the rounds; each compares what was measured within seconds of each other. */
function medianRatio(entries: readonly Entry[], { name, figure, comparedTo }: Target): number {
  const of = (round: number, subject: SubjectName, measured: string) =>
    entries.find(
      (entry) => entry.round === round && entry.subject === subject && entry.name === measured,
    )?.measurement[figure];
  const rounds = [...new Set(entries.map(({ round }) => round))];
  const ratios = rounds.flatMap((round) => {
    const own = of(round, 'vpms', name);
    const other = of(round, comparedTo.subject, comparedTo.name ?? name);
    return own !== undefined && other !== undefined ? [own / other] : [];
  });
  return medianNumber(ratios);
}
