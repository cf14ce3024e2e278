import { Random } from '../random.js';
import { type History, hoursOf, type LocalHour } from './history.js';
import type { Kind } from './lot-profiles.js';
import type { CityLot } from './lots.js';

/** A vehicle at the barrier of a lot (its position in the list), at an instant in ms. */
export interface Arrival {
  readonly lot: number;
  readonly at: number;
}

interface ArrivalsWanted {
  readonly lots: readonly CityLot[];
  readonly history: History;
  readonly bookingsPerDay: number;
  readonly randomSeed: number;
}

const HOUR = 3_600_000;
/** Weather, holidays and events: a day has that much more or less than usual. */
const DAY_VARIATION = 0.15;

/** Arrivals at all lots in the order of time, up to the end of the history. */
export function* makeArrivals(wanted: ArrivalsWanted): Generator<Arrival> {
  const { lots, history, bookingsPerDay, randomSeed } = wanted;
  const random = new Random(randomSeed, 'arrivals');
  const shares = sharesOf(lots);
  let mood = 1;
  for (const hour of hoursOf(history)) {
    if (hour.hour === 0) mood = random.between(1 - DAY_VARIATION, 1 + DAY_VARIATION);
    const arrivals: Arrival[] = [];
    lots.forEach(({ kind }, lot) => {
      const mean = bookingsPerDay * (shares[lot] ?? 0) * rush(kind, hour) * mood;
      for (let count = random.count(mean); count > 0; count -= 1) {
        arrivals.push({ lot, at: Math.floor(hour.start + random.next() * HOUR) });
      }
    });
    arrivals.sort((one, other) => one.at - other.at);
    for (const arrival of arrivals) if (arrival.at <= history.until) yield arrival;
  }
}

/** How many bookings a day the spots can bear before drivers are often turned away. */
export function comfortableTraffic(lots: readonly CityLot[]): number {
  return Math.round(lots.reduce((sum, lot) => sum + turnover(lot), 0));
}

/** What part of all arrivals each lot has: many where there are many spots and short stays. */
function sharesOf(lots: readonly CityLot[]): readonly number[] {
  const all = lots.reduce((sum, lot) => sum + turnover(lot), 0);
  return lots.map((lot) => turnover(lot) / all);
}

/** How many vehicles a day the lot takes well: its spots are in use for about six hours. */
function turnover({ kind, numberOfSpots }: CityLot): number {
  const { min, mode, max } = kind.stay;
  return (numberOfSpots * 6) / ((min + mode + max) / 3);
}

/** The part of an average day that arrives in this hour. */
function rush({ volume, weekdayHours, weekendHours }: Kind, { hour, weekend }: LocalHour): number {
  const average = (5 * volume.weekday + 2 * volume.weekend) / 7;
  const today = weekend ? volume.weekend : volume.weekday;
  const weights = weekend ? weekendHours : weekdayHours;
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return ((today / average) * (weights[hour] ?? 0)) / all;
}
