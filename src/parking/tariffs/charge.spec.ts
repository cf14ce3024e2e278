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
import { charge, type Stay } from './charge.js';
import { type Cap, hourlyTariff, type Rate, type Tariff, WEEKDAYS } from './tariff.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The example of the contract, in minor units. */
const CITY: Tariff = {
  name: 'City centre',
  grace_minutes: 10,
  minimum: 0,
  tax_basis_points: 1800,
  rates: [
    { name: 'Sunday', days: ['sun'], per_minutes: 60, price: 0 },
    { name: 'Evening', from: '18:00', until: '08:00', flat: 6000 },
    { name: 'First two hours', until_minute: 120, per_minutes: 30, price: 2000 },
    { name: 'After that', per_minutes: 60, price: 5000 },
  ],
  caps: [{ per: '24_hours', amount: 30_000 }],
};

const at = (local: string, timeZone = 'Asia/Kolkata') =>
  DateTime.fromISO(local, { zone: timeZone }).toMillis();
const stay = (from: string, until: string, timeZone = 'Asia/Kolkata'): Stay => ({
  from: at(from, timeZone),
  until: at(until, timeZone),
  timeZone,
});
const summary = (tariff: Tariff, parked: Stay) =>
  charge(tariff, parked).lines.map(({ kind, rate, units, amount }) => [kind, rate, units, amount]);
const tariff = (rates: readonly Rate[], more: Partial<Tariff> = {}): Tariff => ({
  ...hourlyTariff(0),
  rates,
  ...more,
});

describe('a charge', () => {
  // 2026-03-02 is a Monday.
  it.each([
    ['within the grace period', '2026-03-02T09:00', '2026-03-02T09:10', [['grace', null, null, 0]]],
    ['beyond it', '2026-03-02T09:00', '2026-03-02T09:11', [['units', 'First two hours', 1, 2000]]],
    [
      'of a morning',
      '2026-03-02T09:00',
      '2026-03-02T12:30',
      [
        ['units', 'First two hours', 4, 8000],
        ['units', 'After that', 2, 10_000],
      ],
    ],
    [
      'into the evening, where the unit that started before is charged in full',
      '2026-03-02T17:30',
      '2026-03-02T23:00',
      [
        ['units', 'First two hours', 1, 2000],
        ['flat', 'Evening', 1, 6000],
      ],
    ],
    [
      'from Saturday evening: the flat rate lasts until its window ends on Sunday',
      '2026-03-07T20:00',
      '2026-03-08T12:00',
      [
        ['flat', 'Evening', 1, 6000],
        ['units', 'Sunday', 4, 0],
      ],
    ],
  ])('%s', (_, from, until, lines) => {
    expect(summary(CITY, stay(from, until))).toEqual(lines);
  });

  it('of a long stay is capped per 24 hours from its start', () => {
    const { lines, total, tax } = charge(CITY, stay('2026-03-02T08:00', '2026-03-04T08:00'));
    const caps = lines.filter(({ kind }) => kind === 'cap');
    // 4 x 20.00 on the first day, 8 and 10 x 50.00, and 60.00 for each evening.
    expect(caps.map(({ amount }) => amount)).toEqual([-24_000, -26_000]);
    expect(total).toBe(60_000);
    // 600.00 x 18 / 118 = 91.525…
    expect(tax).toBe(9153);
  });

  it('of zero length is one unit', () => {
    expect(summary(hourlyTariff(500), stay('2026-03-02T08:00', '2026-03-02T08:00'))).toEqual([
      ['units', 'Hour', 1, 500],
    ]);
  });

  it('is the minimum at least, but not within the grace period', () => {
    const least = { ...hourlyTariff(100), minimum: 300, grace_minutes: 5 };
    expect(summary(least, stay('2026-03-02T08:00', '2026-03-02T08:06'))).toEqual([
      ['units', 'Hour', 1, 100],
      ['minimum', null, null, 200],
    ]);
    expect(charge(least, stay('2026-03-02T08:00', '2026-03-02T08:05')).total).toBe(0);
  });

  it('applies the cap per stay after the one per day, whatever their order', () => {
    const caps: Cap[] = [
      { per: 'stay', amount: 2500 },
      { per: 'calendar_day', amount: 1000 },
    ];
    const { lines } = charge(
      { ...hourlyTariff(100), caps },
      stay('2026-03-02T00:00', '2026-03-05T00:00'),
    );
    expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['units', 7200],
      ['cap', -1400],
      ['cap', -1400],
      ['cap', -1400],
      ['cap', -500],
    ]);
  });

  it.each([
    ['2026-03-29T01:00', '2026-03-29T04:00', 2, 'an hour is missing'],
    ['2026-10-25T01:00', '2026-10-25T04:00', 4, 'an hour occurs twice'],
  ])('counts elapsed time over a clock change: %s to %s', (from, until, hours) => {
    expect(charge(hourlyTariff(1), stay(from, until, 'Europe/Berlin')).total).toBe(hours);
  });

  it('starts a window that a clock change skips at the first moment after the gap', () => {
    const rates = [
      { name: 'Night', from: '02:30', until: '05:00', per_minutes: 1, price: 1 },
      { name: 'Else', per_minutes: 1, price: 0 },
    ];
    const parked = stay('2026-03-29T01:59', '2026-03-29T05:30', 'Europe/Berlin');
    expect(charge(tariff(rates), parked).total).toBe(120);
  });

  it('starts a window of a time that occurs twice at the first occurrence', () => {
    const rates = [
      { name: 'Night', from: '02:30', until: '05:00', per_minutes: 1, price: 1 },
      { name: 'Else', per_minutes: 1, price: 0 },
    ];
    const parked = stay('2026-10-25T01:00', '2026-10-25T05:30', 'Europe/Berlin');
    expect(charge(tariff(rates), parked).total).toBe(210);
  });

  it('rounds the tax half up', () => {
    const taxed = { ...hourlyTariff(3), tax_basis_points: 10_000 };
    expect(charge(taxed, stay('2026-03-02T08:00', '2026-03-02T08:30')).tax).toBe(2);
  });

  it('of ten years at a unit per minute is one line', () => {
    const rates = [{ name: 'Minute', per_minutes: 1, price: 1_000_000_000 }];
    const { lines, total } = charge(tariff(rates), stay('2016-03-02', '2026-03-02'));
    expect(lines).toHaveLength(1);
    expect(total).toBe(3652 * 1440 * 1_000_000_000);
  });
});

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
