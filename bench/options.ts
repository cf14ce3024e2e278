import { parseArgs } from 'node:util';
import { SCENARIOS } from './scenarios/index.js';
import {
  BALANCED_SUBJECTS,
  DEFAULT_SUBJECTS,
  SUBJECT_NAMES,
  type SubjectName,
} from './servers/subjects.js';

/**
 * The scenarios that can run repeatedly on one server. Others change what later rounds depend on: logins
 * end the sessions of the drivers, each lot accepts a limited number of gates, and a repeated export returns
 * the file of the first one.
 */
const REPEATABLE = [
  'available-lots',
  'my-bookings',
  'admin-stats',
  'admin-lots',
  'book-release',
  'mixed',
];

export const USAGE = `npm run bench -- [options]

  --seconds N    measured seconds of each load (8)
  --rounds N     number of rounds; the results are medians (3)
  --only A,B     these scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}
  --servers A,B  these servers: ${SUBJECT_NAMES.join(', ')}
                 "one balanced" and "two balanced" are instances behind a TCP load balancer; they
                 need --postgres
  --warm         the same processes in all rounds, after a round that is not measured; only for
                 ${REPEATABLE.join(', ')}
  --quick        about a second per scenario, one round, less data: checks that the benchmark works
  --postgres     on PostgreSQL and Redis instead of SQLite
  --against DIR  also measures another version, in a built checkout
  --profile DIR  writes CPU profiles of VPMS there, which slows it down
  --json FILE    file for the results (bench/.build/results.json)
`;

export interface BenchOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** Names of scenarios; empty means all. */
  readonly only: readonly string[];
  readonly servers: readonly SubjectName[];
  /** Whether all rounds use the same processes, so that they measure no compilation. */
  readonly warm: boolean;
  readonly quick: boolean;
  readonly postgres: boolean;
  readonly profile?: string;
  readonly against?: string;
  readonly json: string;
}

/** An invalid option; the message is for the user. */
export class InvalidOption extends Error {}

/** @throws InvalidOption */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      servers: { type: 'string' },
      warm: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      postgres: { type: 'boolean', default: false },
      profile: { type: 'string' },
      against: { type: 'string' },
      json: { type: 'string', default: 'bench/.build/results.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { warm, quick, postgres, profile, against, json } = values;
  const only = known(values.only?.split(',') ?? []);
  return {
    seconds: positive('seconds', values.seconds ?? (quick ? '0.4' : '8')),
    rounds: Math.ceil(positive('rounds', values.rounds ?? (quick ? '1' : '3'))),
    only: warm ? repeatable(only) : only,
    servers: knownServers(values.servers?.split(',') ?? DEFAULT_SUBJECTS, postgres),
    warm,
    quick,
    postgres,
    profile,
    against,
    json,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidOption(`--${name} must be a positive number`);
}

function known(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!SCENARIOS.some((scenario) => scenario.name === name)) {
      throw new InvalidOption(`Unknown scenario ${name}`);
    }
  }
  return names;
}

function repeatable(names: readonly string[]): readonly string[] {
  const other = names.find((name) => !REPEATABLE.includes(name));
  if (other !== undefined) throw new InvalidOption(`--warm cannot measure ${other}`);
  return names.length > 0 ? names : REPEATABLE;
}

function knownServers(names: readonly string[], postgres: boolean): readonly SubjectName[] {
  return names.map((name) => {
    const known = SUBJECT_NAMES.find((subject) => subject === name);
    if (!known) throw new InvalidOption(`Unknown server ${name}`);
    if (!postgres && BALANCED_SUBJECTS.some((subject) => subject === name)) {
      throw new InvalidOption(`The server ${name} needs --postgres`);
    }
    return known;
  });
}
