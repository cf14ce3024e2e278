import { LocalTime } from '../../parking/tariffs/evaluation/local-time.js';
import { DAY, HOUR } from '../../platform/time/durations.js';

/** Half-open, in ms. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export const PERIOD_KINDS = ['hour', 'day', 'month'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A range of local dates, in days since 1970-01-01; `until` is not included. */
export interface DateRange {
  readonly from: number;
  readonly until: number;
}

/** The time during which a lot had a time zone. */
interface ZonePiece extends Span {
  readonly time: LocalTime;
}

/** A time zone of a lot since an instant (ms). Lists are sorted; the first zone also applies to the time before. */
export interface ZoneChange {
  readonly since: number;
  readonly timeZone: string;
}

const zones = new Map<string, LocalTime>();

/**
 * The hours, days and months of a lot, local to the time zone that it had at each moment. An hour is
 * 60 minutes of elapsed time, counted from the start of the local day. A change of the time zone ends
 * an hour, a day and a month.
 */
export class LotPeriods {
  private readonly pieces: readonly ZonePiece[];

  constructor(changes: readonly ZoneChange[]) {
    this.pieces = changes.map(({ since, timeZone }, index) => ({
      time: localTimeOf(timeZone),
      from: index === 0 ? -Infinity : since,
      until: changes[index + 1]?.since ?? Infinity,
    }));
  }

  hourAt(instant: number): Span {
    return this.periodAt('hour', instant);
  }

  dayAt(instant: number): Span {
    return this.periodAt('day', instant);
  }

  /** The lot's local time at the instant, in ms since 1970, as if it were UTC. */
  localTimeAt(instant: number): number {
    return instant + this.pieceAt(instant).time.offsetAt(instant);
  }

  /** The periods that overlap a range of dates, cut at its edges, from the one that contains `start`. */
  *within(kind: PeriodKind, dates: DateRange, start: number): Generator<Span> {
    for (const piece of this.pieces) {
      const from = Math.max(piece.from, piece.time.instantOf(dates.from, 0));
      const until = Math.min(piece.until, piece.time.instantOf(dates.until, 0));
      let instant = Math.max(from, start);
      while (instant < until) {
        const period = periodIn(piece, kind, instant);
        yield { from: Math.max(period.from, from), until: Math.min(period.until, until) };
        instant = period.until;
      }
    }
  }

  private periodAt(kind: PeriodKind, instant: number): Span {
    return periodIn(this.pieceAt(instant), kind, instant);
  }

  private pieceAt(instant: number): ZonePiece {
    const piece = this.pieces.find(({ until }) => instant < until);
    if (!piece) throw new RangeError('A lot has a time zone at every moment');
    return piece;
  }
}

function localTimeOf(timeZone: string): LocalTime {
  const known = zones.get(timeZone) ?? new LocalTime(timeZone);
  zones.set(timeZone, known);
  return known;
}

/** The period that contains the instant, cut at changes of the time zone. */
function periodIn(piece: ZonePiece, kind: PeriodKind, instant: number): Span {
  const { from, until } = fullPeriod(piece.time, kind, instant);
  return { from: Math.max(from, piece.from), until: Math.min(until, piece.until) };
}

function fullPeriod(time: LocalTime, kind: PeriodKind, instant: number): Span {
  const day = time.dayAt(instant);
  if (kind === 'day') return day;
  if (kind === 'hour') {
    const from = instant - ((instant - day.from) % HOUR);
    return { from, until: Math.min(from + HOUR, day.until) };
  }
  const date = new Date(day.day * DAY);
  const firstOfMonth = (months: number) =>
    time.instantOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY, 0);
  return { from: firstOfMonth(0), until: firstOfMonth(1) };
}
