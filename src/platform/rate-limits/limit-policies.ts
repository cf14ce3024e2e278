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
   * A person who mistypes succeeds within ten attempts; a guesser gets 960 per day, too few to find a
   * password that is not among the most common ones.
   */
  'wrong-passwords-of-account': {
    points: 10,
    seconds: 15 * 60,
    refusal: 'Too many wrong passwords for this account',
  },
  /**
   * Enough for the typing errors of an office behind one address; soon stops a client that tries one
   * password on every name.
   */
  'wrong-passwords-from-address': {
    points: 100,
    seconds: 15 * 60,
    refusal: 'Too many wrong passwords from this address',
  },
  /**
   * Hundreds of people may try the same name, but a client cannot poll for the moment at which it
   * becomes free.
   */
  'registrations-of-name': {
    points: 200,
    seconds: 60 * 60,
    refusal: 'Too many registrations with this username',
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
   * Fifty per second: more than the pages and apps of one person need, and too few to do harm. Per
   * account, because an account may have many tokens.
   */
  'requests-of-account': {
    points: 3_000,
    seconds: 60,
    refusal: 'Too many requests of this account',
  },
  /**
   * More than cars can pass. The window is short, so that a camera that was offline can soon send all queued
   * events.
   */
  'events-of-gate': {
    points: 100,
    seconds: 1,
    refusal: 'Too many events of this gate',
  },
  /** Each request may send a mail. Counts the address that was typed, whether an account has it or not. */
  'password-links-of-account': {
    points: 3,
    seconds: 60 * 60,
    refusal: 'Too many password links for this e-mail address',
  },
  'password-links-from-address': {
    points: 30,
    seconds: 60 * 60,
    refusal: 'Too many requests for password links from this address',
  },
  /** Uses of links that are mailed; a token cannot be guessed, but a refused password costs a hash. */
  'links-from-address': {
    points: 60,
    seconds: 60 * 60,
    refusal: 'Too many uses of links from this address',
  },
  /** Uses of the valid links that end an account's reminders, including those by mail programs (RFC 8058). */
  'unsubscribing-of-account': {
    points: 60,
    seconds: 60 * 60,
    refusal: 'Too many uses of the links that end the reminders of this account',
  },
  /** Each request reads everything that is stored about the account. */
  'data-of-account': {
    points: 10,
    seconds: 60 * 60,
    refusal: 'Too many requests for all stored data of this account',
  },
  /**
   * Requests without an account: fifty per second, for an office or a mobile network behind one address
   * in which each person has a board that sends a request every few seconds.
   */
  'public-requests-from-address': {
    points: 3_000,
    seconds: 60,
    refusal: 'Too many requests from this address',
  },
  /** Open streams, not requests in a window; each one keeps a connection. */
  'streams-of-address': {
    points: 100,
    seconds: 1,
    refusal: 'Too many open streams from this address',
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
