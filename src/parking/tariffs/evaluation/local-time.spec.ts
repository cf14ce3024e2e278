import { describe, expect, it } from 'vitest';
import { SlowClock } from '../../../../test/support/tariffs/slow-clock.js';
import { DAY, MINUTE } from '../../../platform/time/durations.js';
import { LocalTime } from './local-time.js';

/** Days on which the clock changes, each in a different way. */
const CHANGES = [
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/Sao_Paulo', '2018-02-18'],
  ['Africa/Cairo', '2014-05-16'],
  ['Africa/Cairo', '2014-06-27'],
  ['America/Havana', '2026-11-01'],
  ['America/St_Johns', '2010-11-07'],
  // The clock changes twice within seven days, the shortest time of any zone since 1970.
  ['America/Recife', '2000-10-08'],
  ['America/Recife', '2000-10-15'],
  // In Casey, the clock changes by three hours; in Apia and Kwajalein, a whole day does not exist.
  ['Antarctica/Casey', '2010-03-05'],
  ['Pacific/Apia', '2011-12-30'],
  ['Pacific/Kwajalein', '1993-08-21'],
  ['Asia/Kolkata', '2026-03-29'],
] as const;

describe('the local time', () => {
  it.each(CHANGES)('in %s around %s equals a search minute by minute', (timeZone, date) => {
    const time = new LocalTime(timeZone);
    const clock = SlowClock.of(timeZone);
    const changed = Date.parse(date) / DAY;
    const faults: string[] = [];
    for (let minutes = -2 * 1440; minutes < 3 * 1440; minutes += 1) {
      const instant = changed * DAY + minutes * MINUTE;
      for (const moment of [instant - 1, instant]) {
        // The new object has no day in memory; the other one has the last day.
        const days = [new LocalTime(timeZone), time].map((each) => each.dayAt(moment).day);
        if (days.some((day) => day !== clock.dayOf(moment))) faults.push(`the day at ${moment}`);
      }
      if (minutes % 15 !== 0 && minutes % 15 !== 1) continue;
      const day = changed + Math.floor(minutes / 1440);
      const minute = minutes - Math.floor(minutes / 1440) * 1440;
      const isEqual = time.instantOf(day, minute) === clock.firstShown(day, minute);
      if (!isEqual) faults.push(`minute ${minute} of day ${day}`);
    }
    expect(faults).toEqual([]);
  });
});
