import { parseArgs } from 'node:util';
import { DateTime } from 'luxon';
import { SeedRefused } from './seed-refused.js';

/** What the city should be like. */
export interface CitySize {
  readonly lots: number;
  readonly users: number;
  /** Full calendar days of history before the day of `until`. */
  readonly days: number;
  /** The average; undefined: as many as fit the drivers and spots. */
  readonly bookingsPerDay: number | undefined;
  readonly randomSeed: number;
  /** The instant at which the city is seen: what has not ended by then is active. */
  readonly until: Date;
}

export interface SeedFlags extends CitySize {
  /** Adds to a database that is not empty. */
  readonly append: boolean;
}

interface Surroundings {
  /** IANA name, for a date without a time. */
  readonly timezone: string;
  readonly now: Date;
}

const NUMBERS = {
  lots: { min: 1, max: 2_000, fallback: 12 },
  users: { min: 1, max: 500_000, fallback: 1_000 },
  days: { min: 1, max: 3_650, fallback: 90 },
  'bookings-per-day': { min: 1, max: 1_000_000, fallback: undefined },
  'random-seed': { min: 0, max: 2 ** 32 - 1, fallback: 1 },
} as const;

const OPTIONS = {
  lots: { type: 'string' },
  users: { type: 'string' },
  days: { type: 'string' },
  'bookings-per-day': { type: 'string' },
  'random-seed': { type: 'string' },
  until: { type: 'string' },
  append: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export const HELP = `Fills an empty database with a believable city of parking lots, drivers and bookings.

npm run seed -- [flags]

  --lots N               parking lots (default ${NUMBERS.lots.fallback})
  --users N              drivers (default ${NUMBERS.users.fallback})
  --days N               days of history (default ${NUMBERS.days.fallback})
  --bookings-per-day N   on average (default: as many as fit the drivers and spots)
  --random-seed N        another city for another number (default ${NUMBERS['random-seed'].fallback})
  --until WHEN           where the history ends: a date (noon in TIMEZONE) or an instant such as
                         2026-03-01T09:30:00Z; default: the present minute. The same flags with the
                         same WHEN, TIMEZONE and CURRENCY make the same city
  --append               add to a database that is not empty
  --help                 this text

The database is the one that the program would use (DATA_DIR, DATABASE_URL, .env).
`;

/**
 * Reads the command line.
 * @throws SeedRefused that names every bad flag, not only the first.
 */
export function readFlags(args: readonly string[], surroundings: Surroundings): SeedFlags {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const faults: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') faults.push(`"${token.value}" belongs to no flag`);
    if (token.kind === 'option' && !Object.hasOwn(OPTIONS, token.name)) {
      faults.push(`${token.rawName} is not known`);
    }
  }

  const number = (name: keyof typeof NUMBERS): number | undefined => {
    const { min, max, fallback } = NUMBERS[name];
    const text = values[name];
    if (text === undefined) return fallback;
    const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    faults.push(`--${name} must be a whole number from ${min} to ${max}`);
    return fallback;
  };
  if (typeof values.append === 'string') faults.push('--append takes no value');

  const flags: SeedFlags = {
    lots: number('lots') ?? NUMBERS.lots.fallback,
    users: number('users') ?? NUMBERS.users.fallback,
    days: number('days') ?? NUMBERS.days.fallback,
    bookingsPerDay: number('bookings-per-day'),
    randomSeed: number('random-seed') ?? NUMBERS['random-seed'].fallback,
    until: readUntil(values['until'], surroundings, faults),
    append: values.append === true,
  };
  if (faults.length === 0) return flags;
  throw new SeedRefused(`Bad flags (--help explains them):\n  ${faults.join('\n  ')}`);
}

function readUntil(value: unknown, { timezone, now }: Surroundings, faults: string[]): Date {
  if (value === undefined) return DateTime.fromJSDate(now).startOf('minute').toJSDate();
  const text = typeof value === 'string' ? value : '';
  const parsed = DateTime.fromISO(text, { zone: timezone });
  const until = /^\d{4}-\d\d-\d\d$/.test(text) ? parsed.set({ hour: 12 }) : parsed;
  if (!until.isValid || !/^\d{4}-\d\d-\d\d/.test(text) || until.year < 1980) {
    faults.push('--until must be a date such as 2026-03-01, or an instant, from 1980 on');
  } else if (until.toMillis() > now.getTime()) {
    faults.push('--until must not lie in the future');
  }
  return until.toJSDate();
}
