import fc from 'fast-check';
import type { Stay } from '../../../src/parking/tariffs/evaluation/charge.js';
import { type Cap, type Rate, type Tariff, WEEKDAYS } from '../../../src/parking/tariffs/tariff.js';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';

/** Zones, each with days shortly before its clock changes, or before a leap day. */
const ZONES: readonly (readonly [string, readonly string[]])[] = [
  ['UTC', ['2024-02-27', '2026-12-30']],
  ['Asia/Kolkata', ['2028-02-27', '2026-03-06']],
  ['Europe/Berlin', ['2026-03-27', '2026-10-23', '2024-02-27']],
  ['America/New_York', ['2026-03-06', '2026-10-30']],
  // The clock changes by half an hour.
  ['Australia/Lord_Howe', ['2026-04-03', '2026-10-02']],
  // The clock changes at midnight: forward, and back to 23:00.
  ['America/Sao_Paulo', ['2018-11-02', '2018-02-16']],
  ['Africa/Cairo', ['2014-05-13', '2014-06-24', '2026-04-22', '2026-10-28']],
  ['America/Havana', ['2026-03-06', '2026-10-30']],
  // The clock changes at 00:01: forward, and back to 23:01 of the day before.
  ['America/St_Johns', ['2010-03-12', '2010-11-05']],
  ['Africa/Casablanca', ['2026-02-13', '2026-03-20']],
  // The calendar skips 2011-12-30.
  ['Pacific/Apia', ['2011-12-28']],
];

/** Mostly whole minutes, so that many instants are boundaries; otherwise any number of milliseconds. */
function duration(max: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.nat(max / (15 * MINUTE)).map((count) => count * 15 * MINUTE) },
    { weight: 2, arbitrary: fc.nat(max / MINUTE).map((count) => count * MINUTE) },
    { weight: 1, arbitrary: fc.nat(max) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(max / MINUTE), fc.constantFrom(-1, 1))
        .map(([count, step]) => Math.max(0, count * MINUTE + step)),
    },
  );
}

const start = fc.constantFrom(...ZONES).chain(([timeZone, dates]) =>
  fc
    .tuple(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...dates).map((date) => Date.parse(date)) },
        // From 1973 to 2035.
        { weight: 1, arbitrary: fc.integer({ min: 1100, max: 24_000 }).map((day) => day * DAY) },
      ),
      duration(5 * DAY),
    )
    .map(([day, offset]) => ({ timeZone, from: day + offset })),
);

/** Lengths of stays: mostly hours, sometimes days, rarely weeks. */
export const arbitraryLength: fc.Arbitrary<number> = fc.oneof(
  { weight: 60, arbitrary: duration(6 * HOUR) },
  { weight: 38, arbitrary: duration(3 * DAY) },
  { weight: 2, arbitrary: duration(30 * DAY) },
);

const stays: fc.Arbitrary<Stay> = fc
  .tuple(start, arbitraryLength)
  .map(([{ timeZone, from }, length]) => ({ timeZone, from, until: from + length }));

const two = (value: number) => String(value).padStart(2, '0');
const time = fc.oneof(
  fc.constantFrom('00:00', '00:01', '01:00', '01:30', '02:00', '02:30', '03:00', '18:00', '23:30'),
  fc.nat(1439).map((minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`),
);
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.nat(20) },
  { weight: 2, arbitrary: fc.nat(5000) },
  { weight: 1, arbitrary: fc.nat(1_000_000_000) },
);
const minute = fc.oneof(fc.constantFrom(0, 60, 120, 1440), fc.nat(4000));
const perMinutes = fc.oneof(
  fc.constantFrom(1, 15, 30, 60, 1440),
  fc.integer({ min: 1, max: 1440 }),
);
/** `dates` are days after the start of the stay. */
const conditions = fc
  .record(
    {
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
      dates: fc.uniqueArray(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 4 }),
      window: fc.record({ from: time, until: time }),
      from_minute: minute,
      until_minute: minute,
    },
    { requiredKeys: [] },
  )
  .filter((given) => Object.keys(given).length > 0);
const rate = fc.record({
  conditions,
  per_minutes: perMinutes,
  price: amount,
  isFlat: fc.boolean(),
});
const caps = fc.uniqueArray(
  fc.record({
    per: fc.constantFrom<Cap['per']>('24_hours', 'calendar_day', 'stay'),
    amount: fc.oneof(fc.nat(200), amount),
  }),
  { maxLength: 2, selector: ({ per }) => (per === 'stay' ? 'stay' : 'day') },
);

/** Any valid tariff, with dates around the start of the stay. */
function tariffs(stay: Stay): fc.Arbitrary<Tariff> {
  const dateOf = (offset: number) => new Date(stay.from + offset * DAY).toISOString().slice(0, 10);
  const named = rate.map(({ conditions: { dates, window, ...others }, isFlat, ...unit }): Rate => {
    const all = { name: '', ...others, ...window, ...(dates && { dates: dates.map(dateOf) }) };
    return isFlat && window ? { ...all, ...window, flat: unit.price } : { ...all, ...unit };
  });
  const last = fc.record({ name: fc.constant(''), per_minutes: perMinutes, price: amount });
  return fc
    .record({
      name: fc.constant('Random'),
      grace_minutes: fc.oneof(fc.constantFrom(0, 10), fc.nat(1440)),
      minimum: amount,
      tax_basis_points: fc.nat(10_000),
      rates: fc.tuple(fc.array(named, { maxLength: 5 }), last).map((parts) => parts.flat()),
      caps,
    })
    .map((tariff) => ({
      ...tariff,
      minimum: Math.min(tariff.minimum, ...tariff.caps.map((cap) => cap.amount)),
      rates: tariff.rates.map((each, index) => ({ ...each, name: `rate ${index}` })),
    }));
}

export const arbitraryStayAndTariff: fc.Arbitrary<{ stay: Stay; tariff: Tariff }> = stays.chain(
  (stay) => tariffs(stay).map((tariff) => ({ stay, tariff })),
);
