export interface LimitPolicy {
  /** Points per window. */
  readonly points: number;
  /** Length of the window in seconds, from its first point. */
  readonly seconds: number;
  /** The refusal's message, to which the time of the next attempt is added. */
  readonly refusal: string;
}

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
  /**
   * Enough for the drivers in a mall's wireless network; each costs a hash, together half a minute
   * of one core.
   */
  'registrations-from-address': {
    points: 1_000,
    seconds: 60 * 60,
    refusal: 'Too many registrations from this address',
  },
  /**
   * Fifty per second: more than any page or app of one person needs, too few to do harm with one
   * token.
   */
  'requests-of-token': {
    points: 3_000,
    seconds: 60,
    refusal: 'Too many requests with this token',
  },
} as const satisfies Record<string, LimitPolicy>;

export type LimitName = keyof typeof LIMIT_POLICIES;

export const LIMIT_NAMES = Object.keys(LIMIT_POLICIES) as readonly LimitName[];
