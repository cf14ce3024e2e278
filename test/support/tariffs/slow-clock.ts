import { IANAZone } from 'luxon';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';

/**
 * The wall clock of a zone, for the oracle: it reads luxon hour by hour and searches minute by minute.
 * It shares no assumption about clock changes with src/parking/tariffs/evaluation/local-time.ts, except that
 * they happen at whole minutes.
 */
export class SlowClock {
  private readonly zone: IANAZone;
  private readonly offsets = new Map<number, number>();
  private readonly firsts = new Map<number, number>();

  private static readonly clocks = new Map<string, SlowClock>();

  /** One clock per zone, because it caches the offsets that it has read. */
  static of(timeZone: string): SlowClock {
    const clock = this.clocks.get(timeZone) ?? new SlowClock(timeZone);
    this.clocks.set(timeZone, clock);
    return clock;
  }

  private constructor(timeZone: string) {
    this.zone = IANAZone.create(timeZone);
  }

  /** The local time that the clock shows, in milliseconds since the local time 1970-01-01 00:00. */
  shows(instant: number): number {
    const hour = Math.floor(instant / HOUR);
    const offset = this.offsetAtHour(hour);
    const isSteady = offset === this.offsetAtHour(hour + 1);
    return instant + (isSteady ? offset : this.zone.offset(instant) * MINUTE);
  }

  /** The first minute at which the clock shows the time of day (in minutes) on the day, or a later time. */
  firstShown(day: number, minutes: number): number {
    const wanted = day * DAY + minutes * MINUTE;
    const known = this.firsts.get(wanted);
    if (known !== undefined) return known;
    let instant = wanted - 15 * HOUR;
    while (this.shows(instant) < wanted) instant += HOUR;
    // Before the clock was set back, it may have shown the wanted time already.
    instant -= 3 * HOUR;
    while (this.shows(instant) < wanted) instant += MINUTE;
    this.firsts.set(wanted, instant);
    return instant;
  }

  /** The last day, in days since 1970-01-01, whose midnight the clock has shown. */
  dayOf(instant: number): number {
    let day = Math.floor(this.shows(instant) / DAY) + 1;
    while (this.firstShown(day, 0) > instant) day -= 1;
    return day;
  }

  private offsetAtHour(hour: number): number {
    let offset = this.offsets.get(hour);
    if (offset === undefined) {
      offset = this.zone.offset(hour * HOUR) * MINUTE;
      this.offsets.set(hour, offset);
    }
    return offset;
  }
}
