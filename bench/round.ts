import { isDeepStrictEqual } from 'node:util';
import type { BenchDatabase, DatabaseKind } from './database/bench-database.js';
import { brokenRules, countBookings } from './database/checks.js';
import type { Prepared } from './database/prepare.js';
import { WrongAnswer } from './driver/load.js';
import type { Measurement, Window } from './driver/meter.js';
import type { Outcome, Scenario } from './scenarios/scenario.js';
import { type RunningSubject, startSubject, type SubjectName } from './servers/subjects.js';

/** What was measured of one server in one round. */
export interface Entry {
  readonly round: number;
  readonly subject: SubjectName;
  /** What was measured. */
  readonly name: string;
  readonly measurement: Measurement;
}

export interface RoundResult {
  readonly entries: readonly Entry[];
  /** Wrong answers and broken rules. */
  readonly faults: readonly string[];
}

export interface RoundPlan {
  readonly round: number;
  readonly kind: DatabaseKind;
  readonly prepared: Prepared;
  readonly scenarios: readonly Scenario[];
  /** Those of a scenario that are not among these are left out. */
  readonly servers: readonly SubjectName[];
  readonly window: Window;
  readonly profiles?: string;
  /** The built checkout of another version. */
  readonly against?: string;
  readonly progress: (line: string) => void;
}

interface Participant extends RunningSubject {
  readonly subject: SubjectName;
  readonly database: BenchDatabase;
}

/**
 * Every server starts on a copy of the same database, then every scenario runs on each of them in
 * turn: what is compared is measured within seconds, whatever else the machine does meanwhile.
 */
export async function runRound(plan: RoundPlan): Promise<RoundResult> {
  const participants: Participant[] = [];
  const entries: Entry[] = [];
  const faults: string[] = [];
  try {
    for (const subject of subjectsOf(plan)) participants.push(await enter(subject, plan));
    for (const scenario of plan.scenarios) {
      const samples: unknown[] = [];
      for (const participant of inTurn(scenario, participants, plan.round)) {
        const { subject } = participant;
        const outcome = await perform(scenario, participant, plan);
        for (const [name, measurement] of Object.entries(outcome.measurements)) {
          entries.push({ round: plan.round, subject, name, measurement });
          plan.progress(`${name}, ${subject}: ${Math.round(measurement.requestsPerSecond)} req/s`);
        }
        faults.push(...outcome.faults.map((fault) => `${scenario.title}, ${subject}: ${fault}`));
        samples.push(outcome.sample);
      }
      if (samples.some((sample) => !isDeepStrictEqual(sample, samples[0]))) {
        faults.push(`${scenario.title}: the servers do not answer alike`);
      }
    }
  } finally {
    for (const { stop, database } of participants) {
      await stop();
      await database.remove();
    }
  }
  return { entries, faults };
}

function subjectsOf({ scenarios, servers, kind, against }: RoundPlan): Set<SubjectName> {
  const taking = scenarios.flatMap(participantsOf);
  const subjects = new Set(taking.filter((subject) => servers.includes(subject)));
  if (kind.name === 'postgres') subjects.delete('bare groups');
  if (!against) subjects.delete('previous');
  return subjects;
}

/** Another version takes part in each scenario of the program. */
function participantsOf({ subjects }: Scenario): readonly SubjectName[] {
  return subjects.includes('vpms') ? ['previous', ...subjects] : subjects;
}

async function enter(subject: SubjectName, plan: RoundPlan): Promise<Participant> {
  const database = await plan.kind.copy(plan.prepared.database);
  try {
    const running = await startSubject(subject, database, plan);
    return { ...running, subject, database };
  } catch (error) {
    await database.remove();
    throw error;
  }
}

/** Who takes part, another one first in every round. */
function inTurn(scenario: Scenario, all: readonly Participant[], round: number): Participant[] {
  const subjects = participantsOf(scenario);
  const taking = all.filter(({ subject }) => subjects.includes(subject));
  const first = round % taking.length;
  return [...taking.slice(first), ...taking.slice(0, first)];
}

/** Runs the scenario, and looks whether the database is then as the answers said. */
async function perform(
  scenario: Scenario,
  { server, database }: Participant,
  { kind, prepared, window }: RoundPlan,
): Promise<Outcome> {
  const before = await countBookings(database);
  const outcome = await scenario
    .run({ server, city: prepared.city, window })
    .catch((error: unknown): Outcome => {
      if (!(error instanceof WrongAnswer)) throw error;
      return { measurements: {}, faults: [error.message], booked: 0 };
    });
  const after = await countBookings(database);
  const faults = [...outcome.faults];
  if (after.all - before.all !== outcome.booked) {
    faults.push(`${outcome.booked} bookings were answered, ${after.all - before.all} are there`);
  }
  if (after.active !== before.active)
    faults.push(`${after.active - before.active} are not released`);
  if (outcome.booked > 0) faults.push(...(await brokenRules(kind, database)));
  return { ...outcome, faults };
}
