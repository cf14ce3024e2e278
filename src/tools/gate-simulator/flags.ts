import { parseArgs } from 'node:util';
import { SimulationRefused } from './simulation-refused.js';

/** The settings of a simulation. */
export interface SimulationFlags {
  readonly url: string;
  readonly adminName: string;
  readonly lots: number;
  readonly cars: number;
  /** Minutes of simulated traffic, which ends now. */
  readonly minutes: number;
  /** How many times faster than real time the traffic runs. */
  readonly speed: number;
  /**
   * Probabilities from 0 to 1: `offline` for each car that passes a gate, the other two for each reading of a
   * plate.
   */
  readonly offline: number;
  readonly misread: number;
  readonly repeat: number;
  readonly randomSeed: number;
}

const NUMBERS = {
  lots: { min: 1, max: 100, fallback: 4, whole: true },
  cars: { min: 1, max: 1_000, fallback: 40, whole: true },
  // An event may be 24 hours old, and a camera is offline for up to 90 minutes.
  minutes: { min: 1, max: 1_320, fallback: 1_200, whole: true },
  speed: { min: 1, max: 1_000_000, fallback: 1_200, whole: false },
  offline: { min: 0, max: 1, fallback: 0.02, whole: false },
  misread: { min: 0, max: 1, fallback: 0.03, whole: false },
  repeat: { min: 0, max: 1, fallback: 0.05, whole: false },
  'random-seed': { min: 0, max: 2 ** 32 - 1, fallback: 1, whole: true },
} as const;
type NumberName = keyof typeof NUMBERS;

const OPTIONS = {
  url: { type: 'string', default: 'http://127.0.0.1:5000' },
  admin: { type: 'string', default: 'admin' },
  lots: { type: 'string' },
  cars: { type: 'string' },
  minutes: { type: 'string' },
  speed: { type: 'string' },
  offline: { type: 'string' },
  misread: { type: 'string' },
  repeat: { type: 'string' },
  'random-seed': { type: 'string' },
} as const;

export const HELP = `Drives cars through gates of a running VPMS over HTTP, and checks the result.

npm run gate:simulate -- [flags]

  --url URL         of the program (default ${OPTIONS.url.default})
  --admin NAME      an operator (default ${OPTIONS.admin.default}); the password is ADMIN_PASSWORD, or that of a new installation
  --lots N          lots that get a gate in and a gate out (default ${NUMBERS.lots.fallback})
  --cars N          drivers of the sample city (npm run seed) who get a car (default ${NUMBERS.cars.fallback})
  --minutes N       of traffic, which ends now (default ${NUMBERS.minutes.fallback})
  --speed N         how many times faster than real time (default ${NUMBERS.speed.fallback})
  --offline P       probability that a camera loses its connection at a car (default ${NUMBERS.offline.fallback}); it queues and sends later
  --misread P       probability that a plate is misread (default ${NUMBERS.misread.fallback})
  --repeat P        probability that a response is lost, and the event sent again (default ${NUMBERS.repeat.fallback})
  --random-seed N   each number makes different traffic (default ${NUMBERS['random-seed'].fallback})
  --help            this text

Exits with 1 if events and bookings disagree at the end.
`;

/** Parses the command line. @throws SimulationRefused */
export function readFlags(args: readonly string[]): SimulationFlags {
  let values: Readonly<Record<string, string | undefined>>;
  try {
    ({ values } = parseArgs({ args: [...args], options: OPTIONS }));
  } catch (error) {
    throw new SimulationRefused(error instanceof Error ? error.message : String(error));
  }
  const number = (name: NumberName): number => {
    const { min, max, fallback, whole } = NUMBERS[name];
    const text = values[name];
    const value = text === undefined ? fallback : /^[\d.]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    throw new SimulationRefused(`--${name} must be a number from ${min} to ${max}`);
  };
  return {
    url: values['url'] ?? OPTIONS.url.default,
    adminName: values['admin'] ?? OPTIONS.admin.default,
    lots: number('lots'),
    cars: number('cars'),
    minutes: number('minutes'),
    speed: number('speed'),
    offline: number('offline'),
    misread: number('misread'),
    repeat: number('repeat'),
    randomSeed: number('random-seed'),
  };
}
