import type { LotPeriods } from '../lots/lot-periods.js';
import type { PeriodSums } from './sums.js';

/** Something that changes a lot's sums. Money in minor units, durations in ms. */
export type LotEvent = { readonly at: number } & (
  | { readonly kind: 'arrival' }
  | { readonly kind: 'departure'; readonly dwell: number; readonly charged: number }
  | { readonly kind: 'fee'; readonly charged: number; readonly isNoShow: boolean }
);

interface SumRange {
  readonly lotId: number;
  readonly periods: LotPeriods;
  /** Half-open, in ms; `from` starts an hour. */
  readonly from: number;
  readonly until: number;
  /** Cars that are still parked count up to this instant. The range may end after it, to include its events. */
  readonly now: number;
  /** Cars that were parked just before `from`. */
  readonly present: number;
}

/**
 * Sums the events of a lot by hour. Hours without a car and without an event are left out.
 * @param events all events of the range, sorted by `at`
 */
export function sumHours(range: SumRange, events: readonly LotEvent[]): PeriodSums[] {
  const { lotId, periods, until, now } = range;
  const hours: PeriodSums[] = [];
  let { present } = range;
  let next = 0;
  let instant = range.from;
  while (instant < until) {
    const following = events[next]?.at ?? Infinity;
    // Nothing happens in an empty lot until the next event.
    if (present === 0 && following >= until) break;
    const hour = periods.hourAt(present === 0 ? Math.max(instant, following) : instant);
    const last = firstAtOrAfter(events, next, Math.min(hour.until, until));
    const startsAt = hour.from;
    const sums = sumHour(
      { startsAt, end: Math.min(hour.until, now), present },
      events.slice(next, last),
    );
    hours.push({ lotId, startsAt, ...sums });
    present = sums.remaining;
    next = last;
    instant = hour.until;
  }
  return hours;
}

interface Hour {
  readonly startsAt: number;
  readonly end: number;
  readonly present: number;
}

function sumHour({ startsAt, end, present }: Hour, events: readonly LotEvent[]) {
  const sums = { arrivals: 0, departures: 0, noShows: 0, dwell: 0, parked: 0, peak: 0, revenue: 0 };
  let carried = present;
  let remaining = present;
  let instant = startsAt;
  const passUntil = (at: number) => {
    sums.peak = Math.max(sums.peak, remaining);
    sums.parked += remaining * (at - instant);
    instant = at;
  };
  for (const event of events) {
    // All events of one moment are applied before the cars are counted for the peak.
    if (event.at > instant) passUntil(event.at);
    if (event.kind === 'arrival') {
      sums.arrivals += 1;
      remaining += 1;
      continue;
    }
    sums.revenue += event.charged;
    if (event.kind === 'fee') {
      if (event.isNoShow) sums.noShows += 1;
      continue;
    }
    sums.departures += 1;
    sums.dwell += event.dwell;
    remaining -= 1;
    // A car that leaves at the first moment is not present in the hour.
    if (event.at === startsAt && event.dwell > 0) carried -= 1;
  }
  passUntil(end);
  return { ...sums, carried, remaining };
}

function firstAtOrAfter(events: readonly LotEvent[], from: number, instant: number): number {
  let index = from;
  while (index < events.length && (events[index]?.at ?? Infinity) < instant) index += 1;
  return index;
}
