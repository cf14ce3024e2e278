import { pricePerHour, type Tariff } from '../../../parking/tariffs/tariff.js';
import { Random } from '../random.js';
import type { History } from './history.js';
import { type LotProfile, LOT_PROFILES } from './catalog/lot-profiles.js';
import { AREAS } from './catalog/places.js';
import { roundPrice } from './catalog/prices.js';
import { DAY } from '../../../platform/time/durations.js';
import type { StoredCurrency } from '../../../platform/money/installation-currency.js';

export interface CityLot {
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  readonly profile: LotProfile;
  readonly numberOfSpots: number;
  /** In ms since 1970 UTC; earlier than the start of the history. */
  readonly createdAt: number;
  /** What the lot charges, with the instants (ms) from which it applies, oldest first. */
  readonly prices: readonly CityPrice[];
}

interface CityPrice {
  readonly from: number;
  /** In minor units. */
  readonly pricePerHour: number;
  /** The version of the lot's tariff; omitted if the lot charges by the hour. */
  readonly tariff?: Tariff;
}

interface LotOptions {
  readonly lots: number;
  readonly randomSeed: number;
  /** The currency of all prices. */
  readonly currency: StoredCurrency;
  readonly history: History;
}

/** The share of lots that raised their price during the history. */
const RAISED_SHARE = 0.3;

/** The city's lots. Their names are unique. */
export function makeLots({ lots, randomSeed, currency, history }: LotOptions): CityLot[] {
  const random = new Random(randomSeed, 'lots');
  const names = new Set<string>();
  return Array.from({ length: lots }, (_, index) => {
    const profile = LOT_PROFILES[index % LOT_PROFILES.length] ?? random.pick(LOT_PROFILES);
    const area = random.pick(AREAS);
    const name = distinct(`${area.name} ${random.pick(profile.names)}`, names);
    const level = random.triangular(profile.priceLevel);
    const createdAt = Math.floor(history.start - random.between(30, 400) * DAY);
    const priceFrom = (from: number, factor: number): CityPrice => {
      const price = roundPrice(currency, level * factor);
      const tariff = profile.tariff?.(price);
      return { from, tariff, pricePerHour: tariff ? pricePerHour(tariff) : price };
    };
    const raisedAt = Math.floor(random.between(history.start, history.start + history.days * DAY));
    const hasRaised = random.chance(RAISED_SHARE) && raisedAt < history.until;
    return {
      name,
      address: `${random.integer(1, 240)}, ${random.pick(area.streets)}, ${area.name}, Bengaluru`,
      pinCode: area.pinCode,
      profile,
      numberOfSpots: Math.round(random.triangular(profile.spots)),
      createdAt,
      prices: [priceFrom(createdAt, 1), ...(hasRaised ? [priceFrom(raisedAt, 1.25)] : [])],
    };
  });
}

/** The index of what the lot charges at the instant. */
export function priceIndexAt({ prices }: CityLot, instant: number): number {
  return Math.max(
    0,
    prices.findLastIndex(({ from }) => from <= instant),
  );
}

/** The lot's price per hour at the instant, in minor units. */
export function priceAt(lot: CityLot, instant: number): number {
  return lot.prices[priceIndexAt(lot, instant)]?.pricePerHour ?? 0;
}

/** Appends "Gate 2", "Gate 3", … to a name that is already used. */
function distinct(name: string, names: Set<string>): string {
  let candidate = name;
  for (let gate = 2; names.has(candidate); gate += 1) candidate = `${name}, Gate ${gate}`;
  names.add(candidate);
  return candidate;
}
