/**
 * What happened in a lot during a period. Sums of adjacent periods can be added, see {@link add}.
 * Durations are in ms, money is in minor units.
 */
export interface Sums {
  /** Stays that began before the period and are present in it. */
  readonly carried: number;
  readonly arrivals: number;
  readonly departures: number;
  /** Cars that are parked when the period ends. */
  readonly remaining: number;
  readonly noShows: number;
  /** Total duration of the stays that ended in the period, in ms. */
  readonly dwell: number;
  /** Time for which cars were parked within the period, in ms. */
  readonly parked: number;
  /** The largest number of cars that were parked at one moment. */
  readonly peak: number;
  /** What was charged in the period, fees included. */
  readonly revenue: number;
}

/** The sums of an hour of a lot, or of a day. */
export interface PeriodSums extends Sums {
  readonly lotId: number;
  /** In ms since 1970 UTC. */
  readonly startsAt: number;
}

export const NO_SUMS: Sums = {
  carried: 0,
  arrivals: 0,
  departures: 0,
  remaining: 0,
  noShows: 0,
  dwell: 0,
  parked: 0,
  peak: 0,
  revenue: 0,
};

/** Adds the sums of a period and of the next one; undefined means that nothing happened. */
export function addSums(first: Sums | undefined, second: Sums | undefined): Sums | undefined {
  if (!first || !second) return first ?? second;
  return {
    carried: first.carried,
    arrivals: first.arrivals + second.arrivals,
    departures: first.departures + second.departures,
    remaining: second.remaining,
    noShows: first.noShows + second.noShows,
    dwell: first.dwell + second.dwell,
    parked: first.parked + second.parked,
    peak: Math.max(first.peak, second.peak),
    revenue: first.revenue + second.revenue,
  };
}
