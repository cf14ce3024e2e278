import {
  array,
  assert,
  constantFrom,
  integer,
  option,
  property,
  record,
  subarray,
} from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../platform/time/durations.js';
import { charge, type Stay } from './charge.js';
import { type Cap, type Rate, type Tariff, WEEKDAYS } from './tariff.js';

describe('charge()', () => {
  const ZONES = [
    'UTC',
    'Asia/Kolkata',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
    'America/Havana',
    'Asia/Beirut',
  ];
  /** Instants near which some of the zones change their clocks. */
  const STARTS = [
    '2026-03-28T20:00Z',
    '2026-10-24T20:00Z',
    '2026-03-07T20:00Z',
    '2026-10-31T20:00Z',
    '2010-11-06T20:00Z',
    '2026-02-14T20:00Z',
    '2026-04-04T10:00Z',
    '2026-12-31T10:00Z',
  ].map((text) => Date.parse(text));
  const time = constantFrom('00:00', '00:01', '01:30', '02:00', '02:30', '08:00', '18:00', '23:59');
  const conditions = record(
    {
      days: subarray([...WEEKDAYS], { minLength: 1 }),
      window: record({ from: time, until: time }),
      from_minute: integer({ min: 0, max: 2000 }),
      until_minute: integer({ min: 1, max: 3000 }),
      isDated: constantFrom(true, false),
    },
    { requiredKeys: [] },
  );
  const rate = record({
    conditions,
    per_minutes: constantFrom(7, 30, 60, 61, 1440),
    price: integer({ min: 0, max: 1000 }),
    isFlat: constantFrom(true, false),
  });
  const tariffs = record({
    rates: array(rate, { maxLength: 4 }),
    last: record({ per_minutes: constantFrom(13, 15, 60), price: integer({ min: 0, max: 1000 }) }),
    grace: constantFrom(0, 10),
    minimum: integer({ min: 0, max: 300 }),
    cap: option(
      record({
        per: constantFrom('24_hours' as const, 'calendar_day' as const),
        amount: integer({ min: 300, max: 2000 }),
      }),
    ),
    stayCap: option(integer({ min: 300, max: 4000 })),
  });
  const stays = record({
    start: constantFrom(...STARTS),
    offset: integer({ min: 0, max: 3 * 1440 * 60 }),
    length: integer({ min: 0, max: 2 * 1440 * 60 }),
    timeZone: constantFrom(...ZONES),
  });

  it('equals a model that takes one unit at a time', () => {
    assert(
      property(tariffs, stays, (parts, { start, offset, length, timeZone }) => {
        const from = start + offset * 1000;
        const parked = { from, until: from + length * 1000, timeZone };
        const wanted = assemble(
          parts,
          DateTime.fromMillis(from, { zone: timeZone }).toISODate() ?? '',
        );
        const { total, lines } = charge(wanted, parked);
        expect(total).toBe(modelTotal(wanted, parked));
        expect(lines.reduce((all, { amount }) => all + amount, 0)).toBe(total);
      }),
      { numRuns: 300 },
    );
  });

  function assemble(parts: Parts, date: string): Tariff {
    const rates = parts.rates.map((each, index): Rate => {
      const { days, window, from_minute, until_minute, isDated } = each.conditions;
      const all = {
        name: `${index}`,
        ...(days && { days }),
        ...window,
        ...(from_minute !== undefined && { from_minute }),
        ...(until_minute !== undefined && { until_minute }),
        ...(isDated && { dates: [date] }),
      };
      return each.isFlat && window
        ? { ...all, ...window, flat: each.price }
        : { ...all, per_minutes: each.per_minutes, price: each.price };
    });
    return {
      name: 'Random',
      grace_minutes: parts.grace,
      minimum: parts.minimum,
      tax_basis_points: 0,
      rates: [...rates, { name: 'last', ...parts.last }],
      caps: [
        ...(parts.stayCap === null ? [] : [{ per: 'stay' as const, amount: parts.stayCap }]),
        ...(parts.cap === null ? [] : [parts.cap]),
      ],
    };
  }
});

interface Parts {
  readonly rates: readonly {
    readonly conditions: {
      readonly days?: (typeof WEEKDAYS)[number][];
      readonly window?: { readonly from: string; readonly until: string };
      readonly from_minute?: number;
      readonly until_minute?: number;
      readonly isDated?: boolean;
    };
    readonly per_minutes: number;
    readonly price: number;
    readonly isFlat: boolean;
  }[];
  readonly last: { readonly per_minutes: number; readonly price: number };
  readonly grace: number;
  readonly minimum: number;
  readonly cap: Cap | null;
  readonly stayCap: number | null;
}

/** The rules of the contract, as literally as possible. */
function modelTotal(wanted: Tariff, { from, until, timeZone }: Stay): number {
  if (wanted.grace_minutes > 0 && until - from <= wanted.grace_minutes * MINUTE) return 0;
  const units: { at: number; price: number }[] = [];
  for (let now = from; now < until || units.length === 0;) {
    const [match] = wanted.rates.flatMap((rate) => {
      const end = matchedUntil(rate, now, { from, timeZone });
      return end === undefined ? [] : [{ rate, end }];
    });
    if (!match) throw new Error('no rate');
    const { rate, end } = match;
    units.push({ at: now, price: 'flat' in rate ? rate.flat : rate.price });
    now = 'flat' in rate ? end : now + rate.per_minutes * MINUTE;
  }
  const cap = (key: (moment: number) => number, amount: number) => {
    const sums = new Map<number, number>();
    for (const unit of units) sums.set(key(unit.at), (sums.get(key(unit.at)) ?? 0) + unit.price);
    return [...sums.values()].reduce((all, each) => all + Math.min(each, amount), 0);
  };
  let total = units.reduce((all, { price }) => all + price, 0);
  for (const { per, amount } of wanted.caps) {
    if (per === '24_hours') total = cap((moment) => Math.floor((moment - from) / DAY), amount);
    if (per === 'calendar_day') total = cap((moment) => localDay(moment, timeZone), amount);
  }
  for (const { per, amount } of wanted.caps) if (per === 'stay') total = Math.min(total, amount);
  return Math.max(total, wanted.minimum);
}

/** Until when the rate's window lasts; undefined if the rate does not match now. */
function matchedUntil(
  rate: Rate,
  now: number,
  { from, timeZone }: { from: number; timeZone: string },
) {
  const elapsed = (now - from) / MINUTE;
  if (elapsed < (rate.from_minute ?? 0)) return undefined;
  if (elapsed >= (rate.until_minute ?? Number.POSITIVE_INFINITY)) return undefined;
  const today = localDay(now, timeZone);
  const isAllowed = (day: number) => {
    const date = DateTime.fromMillis(day * DAY, { zone: 'utc' });
    const weekday = WEEKDAYS[date.weekday - 1];
    if (rate.days && !rate.days.some((each) => each === weekday)) return false;
    return !rate.dates || rate.dates.includes(date.toISODate() ?? '');
  };
  const { from: opens, until: closes } = rate;
  if (opens === undefined || closes === undefined) return isAllowed(today) ? Infinity : undefined;
  for (const day of [today - 1, today, today + 1]) {
    const start = firstInstant(day, opens, timeZone);
    const end = firstInstant(closes <= opens ? day + 1 : day, closes, timeZone);
    if (isAllowed(day) && start <= now && now < end) return end;
  }
  return undefined;
}

function localDay(instant: number, timeZone: string): number {
  const local = instant + IANAZone.create(timeZone).offset(instant) * MINUTE;
  const day = Math.floor(local / DAY);
  return firstInstant(day + 1, '00:00', timeZone) <= instant ? day + 1 : day;
}

const known = new Map<string, number>();

/** The first minute at which the local clock shows that time of that day, or a later one. */
function firstInstant(day: number, clock: string, timeZone: string): number {
  const key = `${timeZone} ${day} ${clock}`;
  let instant = known.get(key);
  if (instant === undefined) {
    const local = day * DAY + (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * MINUTE;
    const zone = IANAZone.create(timeZone);
    const isBefore = (moment: number) => moment + zone.offset(moment) * MINUTE < local;
    instant = local - 15 * 60 * MINUTE;
    while (isBefore(instant)) instant += 30 * MINUTE;
    // Clocks are set back by two hours at most.
    instant -= 150 * MINUTE;
    while (isBefore(instant)) instant += MINUTE;
    known.set(key, instant);
  }
  return instant;
}
