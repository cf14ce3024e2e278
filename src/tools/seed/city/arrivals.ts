import { Random } from '../random.js';
import { type History, hoursOf, type LocalHour } from './history.js';
import type { LotProfile } from './catalog/lot-profiles.js';
import type { CityLot } from './lots.js';
import { HOUR } from '../../../platform/time/durations.js';

/** A vehicle that arrives at a lot (its index in the list of lots), at an instant in ms. */
export interface Arrival {
  readonly lot: number;
  readonly at: number;
}

interface ArrivalOptions {
  readonly lots: readonly CityLot[];
  readonly history: History;
  readonly bookingsPerDay: number;
  readonly randomSeed: number;
}

/** Traffic varies from day to day by up to this fraction (weather, holidays, events). */
const DAY_VARIATION = 0.15;

/** Arrivals at all lots in chronological order, up to the end of the history. */
export function* makeArrivals(wanted: ArrivalOptions): Generator<Arrival> {
  const { lots, history, bookingsPerDay, randomSeed } = wanted;
  const random = new Random(randomSeed, 'arrivals');
  const shares = arrivalShares(lots);
  let dayFactor = 1;
  for (const hour of hoursOf(history)) {
    if (hour.hour === 0) dayFactor = random.between(1 - DAY_VARIATION, 1 + DAY_VARIATION);
    const arrivals: Arrival[] = [];
    lots.forEach(({ profile }, lot) => {
      const mean = bookingsPerDay * (shares[lot] ?? 0) * hourShare(profile, hour) * dayFactor;
      for (let count = random.roundRandomly(mean); count > 0; count -= 1) {
        arrivals.push({ lot, at: Math.floor(hour.start + random.next() * HOUR) });
      }
    });
    arrivals.sort((one, other) => one.at - other.at);
    for (const arrival of arrivals) if (arrival.at <= history.until) yield arrival;
  }
}

/** How many bookings per day the spots allow before drivers are often refused. */
export function sustainableBookingsPerDay(lots: readonly CityLot[]): number {
  return Math.round(lots.reduce((sum, lot) => sum + vehiclesPerDay(lot), 0));
}

/** Each lot's share of all arrivals: high for many spots and short stays. */
function arrivalShares(lots: readonly CityLot[]): readonly number[] {
  const all = lots.reduce((sum, lot) => sum + vehiclesPerDay(lot), 0);
  return lots.map((lot) => vehiclesPerDay(lot) / all);
}

/** How many vehicles per day use the lot if each spot is occupied for about six hours. */
function vehiclesPerDay({ profile, numberOfSpots }: CityLot): number {
  const { min, mode, max } = profile.stay;
  return (numberOfSpots * 6) / ((min + mode + max) / 3);
}

/** The share of an average day's arrivals that falls in this hour. */
function hourShare(
  { volume, weekdayHours, weekendHours }: LotProfile,
  { hour, weekend }: LocalHour,
): number {
  const average = (5 * volume.weekday + 2 * volume.weekend) / 7;
  const today = weekend ? volume.weekend : volume.weekday;
  const weights = weekend ? weekendHours : weekdayHours;
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return ((today / average) * (weights[hour] ?? 0)) / all;
}
