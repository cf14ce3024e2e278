import { Random } from '../random.js';
import type { History } from './history.js';
import type { CityLot } from './lots.js';
import { FIRST_NAMES, LAST_NAMES, REGISTRATIONS } from './catalog/people.js';
import { DAY } from '../../../platform/time/durations.js';

export interface CityDriver {
  readonly username: string;
  readonly email: string;
  /** In ms since 1970 UTC; earlier than the driver's first booking. */
  readonly createdAt: number;
  /** Registration numbers of one or two vehicles. */
  readonly vehicles: readonly string[];
  /** Index of the lot that the driver uses regularly; undefined if there is none. */
  readonly regularLot: number | undefined;
}

interface DriverOptions {
  readonly users: number;
  readonly randomSeed: number;
  readonly history: History;
  readonly lots: readonly CityLot[];
  /** Maps each name in use (usernames and local parts of e-mail addresses) to the highest number after it. */
  readonly takenNames: ReadonlyMap<string, number>;
}

const REGULAR_DRIVERS_SHARE = 0.3;
/** The share of drivers who registered after the start of the history. */
const NEWCOMERS_SHARE = 0.3;
const TWO_VEHICLES_SHARE = 0.15;
/** Reserved for documentation (RFC 2606): mail to these domains is never delivered. */
const DOMAINS = ['example.com', 'example.net', 'example.org'] as const;

/** The city's drivers. Usernames and e-mail addresses are unique and not in `takenNames`. */
export function makeDrivers(wanted: DriverOptions): CityDriver[] {
  const { users, randomSeed, history, lots } = wanted;
  const random = new Random(randomSeed, 'drivers');
  const names = new Map(wanted.takenNames);
  const drivers: CityDriver[] = [];
  while (drivers.length < users) {
    const name = `${random.pick(FIRST_NAMES)}.${random.pick(LAST_NAMES)}`.toLowerCase();
    const times = (names.get(name) ?? 0) + 1;
    names.set(name, times);
    const username = times === 1 ? name : `${name}${times}`;
    const span = history.days * DAY;
    drivers.push({
      username,
      email: `${username}@${random.pick(DOMAINS)}`,
      createdAt: Math.floor(
        random.chance(NEWCOMERS_SHARE)
          ? random.between(history.start, history.start + span * 0.9)
          : history.start - random.between(0, 365) * DAY,
      ),
      vehicles: Array.from({ length: random.chance(TWO_VEHICLES_SHARE) ? 2 : 1 }, () =>
        registration(random),
      ),
      regularLot: random.chance(REGULAR_DRIVERS_SHARE) ? pickRegularLot(random, lots) : undefined,
    });
  }
  return drivers;
}

/** Splits a name as {@link makeDrivers} joins it: `asha.rao12` is `asha.rao` and 12. */
export function splitName(name: string): readonly [base: string, times: number] {
  // Longer numbers are never generated here, so they belong to the base. This keeps the number small.
  const [, base = name, digits = ''] = /^(.*?\D)(\d{1,9})$/s.exec(name) ?? [];
  return [base, digits === '' ? 1 : Number(digits)];
}

/** Prefers large lots. */
function pickRegularLot(random: Random, lots: readonly CityLot[]): number {
  const spots = (position: number) => lots[position]?.numberOfSpots ?? 0;
  const one = random.integer(0, lots.length - 1);
  const other = random.integer(0, lots.length - 1);
  return spots(other) > spots(one) ? other : one;
}

function registration(random: Random): string {
  const letters = 'ABCDEFGHJKLMNPRSTUVWXYZ';
  const series = random.pick([...letters]) + random.pick([...letters]);
  return `${random.pick(REGISTRATIONS)} ${series} ${String(random.integer(1, 9999)).padStart(4, '0')}`;
}
