import type { Configuration } from '../config/configuration.js';

export interface LimitPolicy {
  /** Points per window. */
  readonly points: number;
  /** Length of the window in seconds, from its first point. */
  readonly seconds: number;
  /** The refusal's message, to which the time of the next attempt is added. */
  readonly refusal: string;
}

/** Registrations per hour from one address, unless `REGISTRATIONS_PER_HOUR` is set. */
export const DEFAULT_REGISTRATIONS_PER_HOUR = 30;

/** Every rate limit. Clients see the names in `RateLimit-Policy`. */
export const LIMIT_POLICIES = {
  /**
   * A person who mistypes succeeds within ten attempts; a guesser gets 960 per day, too few for any
   * password that is not at the very top of a list.
   */
  'wrong-passwords-of-account': {
    points: 10,
    seconds: 15 * 60,
    refusal: 'Too many wrong passwords for this account',
  },
  /**
   * Enough for the typing errors of an office behind one address; stops trying one password on
   * every name early.
   */
  'wrong-passwords-from-address': {
    points: 100,
    seconds: 15 * 60,
    refusal: 'Too many wrong passwords from this address',
  },
  /**
   * Hundreds of people may want the same name; polling for the moment when it becomes free must
   * stop.
   */
  'registrations-of-name': {
    points: 200,
    seconds: 60 * 60,
    refusal: 'Too many registrations with this user name',
  },
  /** The points come from `REGISTRATIONS_PER_HOUR`. */
  'registrations-from-address': {
    points: DEFAULT_REGISTRATIONS_PER_HOUR,
    seconds: 60 * 60,
    refusal: 'Too many registrations from this address',
  },
  /**
   * Attempts that wait for an earlier one of the same account. The window is the time after which a
   * retry makes sense.
   */
  'waiting-logins-of-account': {
    points: 5,
    seconds: 1,
    refusal: 'Too many logins of this account at the same time',
  },
  /** Correct passwords: each login costs a hash and a session. */
  'logins-of-account': {
    points: 60,
    seconds: 60,
    refusal: 'Too many logins of this account',
  },
  /**
   * Fifty per second: more than all pages and apps of one person need, too few to do harm. Per
   * account, because an account may have many tokens.
   */
  'requests-of-account': {
    points: 3_000,
    seconds: 60,
    refusal: 'Too many requests of this account',
  },
  /** More than a person downloads; each one is a file and perhaps a mail. */
  'exports-of-account': {
    points: 10,
    seconds: 60 * 60,
    refusal: 'Too many exports',
  },
} as const satisfies Record<string, LimitPolicy>;

export type LimitName = keyof typeof LIMIT_POLICIES;

/** The policies of this installation. */
export function limitPolicies({
  registrationsPerHour,
}: Pick<Configuration, 'registrationsPerHour'>): Readonly<Record<LimitName, LimitPolicy>> {
  const registrations = LIMIT_POLICIES['registrations-from-address'];
  return {
    ...LIMIT_POLICIES,
    'registrations-from-address': { ...registrations, points: registrationsPerHour },
  };
}

export const LIMIT_NAMES = Object.keys(LIMIT_POLICIES) as readonly LimitName[];
