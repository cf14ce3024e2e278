import { isDeepStrictEqual } from 'node:util';
import type { BenchDatabase, DatabaseKind } from './database/bench-database.js';
import { violatedRules, countBookings } from './database/checks.js';
import type { Prepared } from './database/prepare.js';
import { WrongResponse } from './client/load.js';
import type { Measurement, MeasuringTime } from './client/meter.js';
import type { ScenarioResult, Scenario } from './scenarios/scenario.js';
import {
  BALANCED_SUBJECTS,
  type RunningSubject,
  startSubject,
  type SubjectName,
} from './servers/subjects.js';

/** One measurement of one server in one round. */
export interface MeasurementEntry {
  readonly round: number;
  readonly subject: SubjectName;
  readonly name: string;
  readonly measurement: Measurement;
}

export interface RoundResult {
  readonly entries: readonly MeasurementEntry[];
  /** Wrong responses and violated rules. */
  readonly errors: readonly string[];
}

/** The number of the round that warms up the servers. */
export const WARM_UP = -1;

export interface BenchPlan {
  readonly kind: DatabaseKind;
  readonly prepared: Prepared;
  readonly scenarios: readonly Scenario[];
  /** Servers that are not in this list are skipped. */
  readonly servers: readonly SubjectName[];
  readonly window: MeasuringTime;
  readonly warm: boolean;
  readonly profiles?: string;
  /** Folder of the built checkout of another version; undefined to compare with no other version. */
  readonly against?: string;
  readonly progress: (line: string) => void;
}

export interface Participant extends RunningSubject {
  readonly subject: SubjectName;
  readonly database: BenchDatabase;
}

/** Starts every server on a copy of the same database, and stops them after the work. */
export async function withParticipants<T>(
  plan: BenchPlan,
  work: (participants: readonly Participant[]) => Promise<T>,
): Promise<T> {
  const participants: Participant[] = [];
  try {
    for (const subject of subjectsOf(plan))
      participants.push(await startParticipant(subject, plan));
    for (const { server } of participants) await server.untilIdle();
    return await work(participants);
  } finally {
    for (const { stop, database } of participants) {
      await stop();
      await database.remove();
    }
  }
}

/**
 * Runs each scenario on all servers in turn. Measurements that are compared are therefore taken
 * seconds apart, under the same load of the machine.
 */
export async function runRound(
  round: number,
  plan: BenchPlan,
  participants: readonly Participant[],
): Promise<RoundResult> {
  const entries: MeasurementEntry[] = [];
  const errors: string[] = [];
  for (const scenario of plan.scenarios) {
    const samples: unknown[] = [];
    for (const participant of rotatedParticipants(scenario, participants, round)) {
      const { subject } = participant;
      const result = await runScenario(scenario, participant, plan);
      for (const [name, measurement] of Object.entries(result.measurements)) {
        entries.push({ round, subject, name, measurement });
        plan.progress(`${name}, ${subject}: ${Math.round(measurement.requestsPerSecond)} req/s`);
      }
      errors.push(...result.errors.map((error) => `${scenario.title}, ${subject}: ${error}`));
      // Another version may return other fields.
      if (subject !== 'previous') samples.push(result.sample);
    }
    // In the later rounds of the same processes, each server has its own bookings.
    const isSameData = !plan.warm || round === WARM_UP;
    if (isSameData && samples.some((sample) => !isDeepStrictEqual(sample, samples[0]))) {
      errors.push(`${scenario.title}: the servers return different responses`);
    }
  }
  return { entries, errors };
}

function subjectsOf({ scenarios, servers, kind, against }: BenchPlan): Set<SubjectName> {
  const involved = scenarios.flatMap(participantsOf);
  const subjects = new Set(involved.filter((subject) => servers.includes(subject)));
  if (kind.name === 'postgres') subjects.delete('bare groups');
  if (!against) subjects.delete('previous');
  return subjects;
}

/** The other version and balanced instances take part in every scenario that includes VPMS. */
function participantsOf({ subjects }: Scenario): readonly SubjectName[] {
  return subjects.includes('vpms') ? ['previous', ...BALANCED_SUBJECTS, ...subjects] : subjects;
}

async function startParticipant(subject: SubjectName, plan: BenchPlan): Promise<Participant> {
  const database = await plan.kind.copy(plan.prepared.database);
  try {
    const running = await startSubject(subject, database, plan);
    return { ...running, subject, database };
  } catch (error) {
    await database.remove();
    throw error;
  }
}

/** The participants of a scenario; each round starts with a different one. */
function rotatedParticipants(
  scenario: Scenario,
  all: readonly Participant[],
  round: number,
): Participant[] {
  const subjects = participantsOf(scenario);
  const involved = all.filter(({ subject }) => subjects.includes(subject));
  const first = round % involved.length;
  return [...involved.slice(first), ...involved.slice(0, first)];
}

/** Runs the scenario and checks that the database agrees with the responses. */
async function runScenario(
  scenario: Scenario,
  { subject, server, database }: Participant,
  { kind, prepared, window }: BenchPlan,
): Promise<ScenarioResult> {
  const before = await countBookings(database);
  const result = await scenario
    .run({ server, city: prepared.city, database, window })
    .catch((error: unknown): ScenarioResult => {
      if (!(error instanceof WrongResponse)) throw error;
      return { measurements: {}, errors: [error.message], booked: 0 };
    });
  const after = await countBookings(database);
  const errors = [...result.errors];
  if (after.all - before.all !== result.booked) {
    errors.push(
      `${result.booked} bookings were acknowledged, ${after.all - before.all} are in the database`,
    );
  }
  if (after.active !== before.active)
    errors.push(`${after.active - before.active} bookings are not released`);
  // Another version may have another schema, to which the rules of this version do not apply.
  const hasRules = subject !== 'previous';
  if (hasRules && result.booked > 0) errors.push(...(await violatedRules(kind, database)));
  return { ...result, errors };
}
