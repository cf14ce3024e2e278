import { Random } from '../random.js';
import type { History } from './history.js';
import { type Kind, KINDS } from './lot-profiles.js';
import { AREAS } from './places.js';
import { roundPrice } from './prices.js';

export interface CityLot {
  readonly name: string;
  readonly address: string;
  readonly pinCode: string;
  readonly kind: Kind;
  readonly numberOfSpots: number;
  /** In ms, before the history begins. */
  readonly createdAt: number;
  /** Its prices per hour in minor units and the instants (ms) from which they hold, oldest first. */
  readonly prices: readonly { readonly from: number; readonly pricePerHour: number }[];
}

interface LotsWanted {
  readonly lots: number;
  readonly randomSeed: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly history: History;
}

const DAY = 86_400_000;
/** How many lots raised their price within the history. */
const RAISED = 0.3;

/** The city's lots, no two of one name. */
export function makeLots({ lots, randomSeed, currency, history }: LotsWanted): CityLot[] {
  const random = new Random(randomSeed, 'lots');
  const names = new Set<string>();
  return Array.from({ length: lots }, (_, index) => {
    const kind = KINDS[index % KINDS.length] ?? random.pick(KINDS);
    const area = random.pick(AREAS);
    const name = distinct(`${area.name} ${random.pick(kind.names)}`, names);
    const level = random.around(kind.priceLevel);
    const createdAt = Math.floor(history.start - random.between(30, 400) * DAY);
    const price = roundPrice(currency, level);
    const raisedAt = Math.floor(random.between(history.start, history.start + history.days * DAY));
    const raised = { from: raisedAt, pricePerHour: roundPrice(currency, level * 1.25) };
    const hasRaised = random.chance(RAISED) && raisedAt < history.until;
    return {
      name,
      address: `${random.integer(1, 240)}, ${random.pick(area.streets)}, ${area.name}, Bengaluru`,
      pinCode: area.pinCode,
      kind,
      numberOfSpots: Math.round(random.around(kind.spots)),
      createdAt,
      prices: [{ from: createdAt, pricePerHour: price }, ...(hasRaised ? [raised] : [])],
    };
  });
}

/** What the lot costs per hour at the instant, in minor units. */
export function priceAt({ prices }: CityLot, instant: number): number {
  return prices.findLast(({ from }) => from <= instant)?.pricePerHour ?? 0;
}

/** A second lot of the same name in an area is its "Gate 2". */
function distinct(name: string, names: Set<string>): string {
  let candidate = name;
  for (let gate = 2; names.has(candidate); gate += 1) candidate = `${name}, Gate ${gate}`;
  names.add(candidate);
  return candidate;
}
