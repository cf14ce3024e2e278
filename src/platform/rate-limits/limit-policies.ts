export interface LimitPolicy {
  /** How many are let through in each window. */
  readonly points: number;
  /** Length of the window, from the first of them on. */
  readonly seconds: number;
  /** What is told to whoever is refused; when to come again is added. */
  readonly refusal: string;
}

/** Every limit on how often something may be done. Clients read the names in `RateLimit-Policy`. */
export const LIMIT_POLICIES = {
  /**
   * Somebody who mistypes is right within ten tries; who guesses has 960 a day, too few for any
   * password that is not among the very first of a list.
   */
  'wrong-passwords-of-account': {
    points: 10,
    seconds: 15 * 60,
    refusal: 'Too many wrong passwords for this account',
  },
  /** A whole office behind one address can mistype; trying one password on every name ends early. */
  'wrong-passwords-from-address': {
    points: 100,
    seconds: 15 * 60,
    refusal: 'Too many wrong passwords from this address',
  },
  /** Hundreds may want the same name at once; asking for it over and over to see when it is free may not. */
  'registrations-of-name': {
    points: 200,
    seconds: 60 * 60,
    refusal: 'Too many registrations with this user name',
  },
  /** The drivers of a mall on its wireless network; each costs a hash, so half a minute of one core. */
  'registrations-from-address': {
    points: 1_000,
    seconds: 60 * 60,
    refusal: 'Too many registrations from this address',
  },
  /** Fifty a second: more than any page or app of one person asks, less than one token can do harm with. */
  'requests-of-token': {
    points: 3_000,
    seconds: 60,
    refusal: 'Too many requests with this token',
  },
} as const satisfies Record<string, LimitPolicy>;

export type LimitName = keyof typeof LIMIT_POLICIES;

export const LIMIT_NAMES = Object.keys(LIMIT_POLICIES) as readonly LimitName[];
