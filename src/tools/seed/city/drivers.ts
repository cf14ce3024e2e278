import { Random } from '../random.js';
import type { History } from './history.js';
import type { CityLot } from './lots.js';
import { FIRST_NAMES, LAST_NAMES, REGISTRATIONS } from './people.js';

export interface CityDriver {
  readonly username: string;
  readonly email: string;
  /** In ms: before the driver's first booking. */
  readonly createdAt: number;
  /** Registration numbers of one vehicle or two. */
  readonly vehicles: readonly string[];
  /** A regular's own lot, as its position among the lots; undefined for who comes now and then. */
  readonly home: number | undefined;
}

interface DriversWanted {
  readonly users: number;
  readonly randomSeed: number;
  readonly history: History;
  readonly lots: readonly CityLot[];
  /** Names and e-mails' local parts that have accounts: the highest number that follows each. */
  readonly takenNames: ReadonlyMap<string, number>;
}

const DAY = 86_400_000;
const REGULARS = 0.3;
/** How many registered when the history had begun already. */
const NEWCOMERS = 0.3;
const TWO_VEHICLES = 0.15;
/** Reserved for documentation (RFC 2606): no mail to them reaches anybody. */
const DOMAINS = ['example.com', 'example.net', 'example.org'] as const;

/** The city's drivers; no two have a user name or e-mail address in common, nor with `takenNames`. */
export function makeDrivers(wanted: DriversWanted): CityDriver[] {
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
        random.chance(NEWCOMERS)
          ? random.between(history.start, history.start + span * 0.9)
          : history.start - random.between(0, 365) * DAY,
      ),
      vehicles: Array.from({ length: random.chance(TWO_VEHICLES) ? 2 : 1 }, () =>
        registration(random),
      ),
      home: random.chance(REGULARS) ? homeLot(random, lots) : undefined,
    });
  }
  return drivers;
}

/** Splits a name as {@link makeDrivers} joins it: `asha.rao12` is `asha.rao` and 12. */
export function splitName(name: string): readonly [base: string, times: number] {
  // More digits than anyone is given here make another base, so no number can run away.
  const [, base = name, digits = ''] = /^(.*?\D)(\d{1,9})$/s.exec(name) ?? [];
  return [base, digits === '' ? 1 : Number(digits)];
}

/** A large lot has more regulars. */
function homeLot(random: Random, lots: readonly CityLot[]): number {
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
