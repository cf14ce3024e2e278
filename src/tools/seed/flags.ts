import { parseArgs } from 'node:util';
import { DateTime } from 'luxon';
import { SeedRefused } from './seed-refused.js';

/** The size of the city. */
export interface CitySize {
  readonly lots: number;
  readonly users: number;
  /** Full calendar days of history before the day of `until`. */
  readonly days: number;
  /** The average; undefined means as many as the drivers and spots allow. */
  readonly bookingsPerDay: number | undefined;
  readonly randomSeed: number;
  /** The end of the history; a booking that has not ended by then is active. */
  readonly until: Date;
}

export interface SeedFlags extends CitySize {
  /** Whether to add rows to a database that is not empty. */
  readonly append: boolean;
}

interface FlagContext {
  /** IANA name of the time zone of a date without a time. */
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

export const HELP = `Fills an empty database with a realistic city of parking lots, drivers and bookings.

npm run seed -- [flags]

  --lots N               parking lots (default ${NUMBERS.lots.fallback})
  --users N              drivers (default ${NUMBERS.users.fallback})
  --days N               days of history (default ${NUMBERS.days.fallback})
  --bookings-per-day N   on average (default: as many as the drivers and spots allow)
  --random-seed N        each number makes a different city (default ${NUMBERS['random-seed'].fallback})
  --until WHEN           when the history ends: a date (noon in TIMEZONE) or an instant such as
                         2026-03-01T09:30:00Z; default: the current minute. The same flags with the
                         same WHEN, TIMEZONE and CURRENCY make the same city
  --append               add to a database that is not empty
  --help                 this text

The database is the one that VPMS would use (DATA_DIR, DATABASE_URL, .env).
`;

/**
 * Parses the command line.
 * @throws SeedRefused that names every invalid flag.
 */
export function readFlags(args: readonly string[], surroundings: FlagContext): SeedFlags {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const errors: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') errors.push(`"${token.value}" does not belong to a flag`);
    if (token.kind === 'option' && !Object.hasOwn(OPTIONS, token.name)) {
      errors.push(`${token.rawName} is unknown`);
    }
  }

  const number = (name: keyof typeof NUMBERS): number | undefined => {
    const { min, max, fallback } = NUMBERS[name];
    const text = values[name];
    if (text === undefined) return fallback;
    const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    errors.push(`--${name} must be a whole number from ${min} to ${max}`);
    return fallback;
  };
  if (typeof values.append === 'string') errors.push('--append takes no value');

  const flags: SeedFlags = {
    lots: number('lots') ?? NUMBERS.lots.fallback,
    users: number('users') ?? NUMBERS.users.fallback,
    days: number('days') ?? NUMBERS.days.fallback,
    bookingsPerDay: number('bookings-per-day'),
    randomSeed: number('random-seed') ?? NUMBERS['random-seed'].fallback,
    until: readUntil(values['until'], surroundings, errors),
    append: values.append === true,
  };
  if (errors.length === 0) return flags;
  throw new SeedRefused(`Invalid flags (--help explains them):\n  ${errors.join('\n  ')}`);
}

function readUntil(value: unknown, { timezone, now }: FlagContext, errors: string[]): Date {
  if (value === undefined) return DateTime.fromJSDate(now).startOf('minute').toJSDate();
  const text = typeof value === 'string' ? value : '';
  const parsed = DateTime.fromISO(text, { zone: timezone });
  const until = /^\d{4}-\d\d-\d\d$/.test(text) ? parsed.set({ hour: 12 }) : parsed;
  if (!until.isValid || !/^\d{4}-\d\d-\d\d/.test(text) || until.year < 1980) {
    errors.push('--until must be a date such as 2026-03-01, or an instant, from 1980 on');
  } else if (until.toMillis() > now.getTime()) {
    errors.push('--until must not be in the future');
  }
  return until.toJSDate();
}
