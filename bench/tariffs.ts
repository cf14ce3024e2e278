import { charge, type Stay } from '../src/parking/tariffs/evaluation/charge.js';
import {
  type Rate,
  type RateConditions,
  type Tariff,
  type UnitRate,
  WEEKDAYS,
} from '../src/parking/tariffs/tariff.js';
import { DAY, HOUR, MINUTE } from '../src/platform/time/durations.js';

/**
 * Measures the evaluation of tariffs: ten years at one unit per minute, a year with the most changes
 * between rates, and a thousand ordinary stays. Run it with `npm run bench:tariffs`; docs/performance.md has
 * a result.
 */
const REPETITIONS = 50;
const START = Date.parse('2026-03-02T07:13Z');
const TEN_YEARS: Omit<Stay, 'timeZone'> = {
  from: START,
  until: Date.parse('2036-03-02T07:13Z'),
};

const tariff = (rates: readonly Rate[], caps: Tariff['caps'] = []): Tariff => ({
  name: 'Benchmark',
  grace_minutes: 10,
  minimum: 100,
  tax_basis_points: 1900,
  rates,
  caps,
});
const perMinute = (name: string, price: number, conditions: RateConditions = {}): UnitRate => ({
  name,
  ...conditions,
  per_minutes: 1,
  price,
});
const perHour = (name: string, price: number, conditions: RateConditions = {}): Rate => ({
  ...perMinute(name, price, conditions),
  per_minutes: 60,
});
const timeOfDay = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
const dateAfter = (days: number) => new Date(START + days * DAY).toISOString().slice(0, 10);

const SINGLE = tariff([perMinute('Minute', 3)]);
const WINDOWS = tariff(
  [
    perMinute('Holiday', 1, { dates: Array.from({ length: 100 }, (_, i) => dateAfter(36 * i)) }),
    perMinute('Sunday', 0, { days: ['sun'] }),
    perMinute('Night', 1, { from: '22:00', until: '06:00' }),
    perMinute('Rush hour', 5, {
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      from: '07:00',
      until: '10:00',
    }),
    perMinute('Weekend night', 2, { days: ['fri', 'sat'], from: '20:00', until: '04:00' }),
    perMinute('Else', 3),
  ],
  [{ per: 'calendar_day', amount: 2400 }],
);
/** Rates with every kind of condition, and as many conditions of each kind as a tariff can have. */
const MOST_COMPLEX = tariff(
  [
    ...Array.from({ length: 19 }, (_, index) =>
      perMinute(`Rate ${index}`, index, {
        days: WEEKDAYS.slice(0, 1 + (index % 6)),
        dates: Array.from({ length: 366 }, (_, day) => dateAfter(10 * day + index)),
        from: `${String(index).padStart(2, '0')}:07`,
        until: `${String((index + 5) % 24).padStart(2, '0')}:02`,
        from_minute: index,
      }),
    ),
    perMinute('Else', 3),
  ],
  [{ per: 'calendar_day', amount: 2400 }],
);
/** As many time-of-day windows as a tariff can have, each on as many dates as a rate can have. */
const MOST_CHANGES = tariff([
  ...Array.from({ length: 19 }, (_, index) =>
    perMinute(`Rate ${index}`, index, {
      dates: Array.from({ length: 366 }, (_, day) => dateAfter(day)),
      from: timeOfDay(75 * index),
      until: timeOfDay(75 * index + 30),
    }),
  ),
  perMinute('Else', 3),
]);
const ORDINARY = [
  tariff([perHour('Hour', 250)]),
  tariff(
    [
      perHour('Sunday', 0, { days: ['sun'] }),
      { name: 'Evening', from: '18:00', until: '08:00', flat: 600 },
      { ...perMinute('First two hours', 200, { until_minute: 120 }), per_minutes: 30 },
      perHour('After that', 500),
    ],
    [{ per: '24_hours', amount: 3000 }],
  ),
  tariff([
    {
      name: 'Office day',
      days: ['mon', 'tue', 'wed', 'thu'],
      from: '06:00',
      until: '20:00',
      flat: 900,
    },
    perHour('Else', 100),
  ]),
  tariff(
    [perHour('First hour', 800, { until_minute: 60 }), perHour('Airport', 400)],
    [
      { per: 'calendar_day', amount: 3500 },
      { per: 'stay', amount: 20_000 },
    ],
  ),
];

/** Stays of an hour to three days that start at any minute of a year; the same in every run. */
function ordinaryStays(count: number): readonly { tariff: Tariff; stay: Stay }[] {
  let seed = 1;
  const random = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  return Array.from({ length: count }, (_, index) => {
    const from = START + random(365 * 24 * 60) * MINUTE + random(60_000);
    const length = random(3) > 0 ? HOUR + random(8 * HOUR) : HOUR + random(3 * DAY - HOUR);
    const stay = { from, until: from + length, timeZone: 'America/New_York' };
    return { tariff: ORDINARY[index % ORDINARY.length] ?? SINGLE, stay };
  });
}

const STAYS = ordinaryStays(1000);
/** Each case has a time zone of its own, so that its first run finds no offsets in the cache. */
const CASES: readonly (readonly [string, () => void])[] = [
  ['ten years, a single rate', tenYears(SINGLE, 'Europe/Paris')],
  [
    'ten years, windows, days, dates and a cap per calendar day',
    tenYears(WINDOWS, 'Europe/Berlin'),
  ],
  ['ten years, 20 rates with 366 dates each', tenYears(MOST_COMPLEX, 'Europe/Madrid')],
  [
    'a year, 20 rates with 38 changes per day',
    () =>
      charge(MOST_CHANGES, { from: START, until: START + 365 * DAY, timeZone: 'Europe/Vienna' }),
  ],
  [
    '1,000 stays of an hour to three days',
    () => STAYS.forEach(({ tariff, stay }) => charge(tariff, stay)),
  ],
];

function tenYears(by: Tariff, timeZone: string): () => void {
  return () => charge(by, { ...TEN_YEARS, timeZone });
}

function milliseconds(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

for (const [name, run] of CASES) {
  const first = milliseconds(run);
  const repeat = () => Array.from({ length: REPETITIONS }, () => milliseconds(run));
  repeat();
  const others = repeat().toSorted((a, b) => a - b);
  const text = [first, others[REPETITIONS / 2], others[0]].map((each) => (each ?? 0).toFixed(2));
  process.stdout.write(`${name}: first ${text[0]} ms, then ${text[1]} ms, at best ${text[2]} ms\n`);
}
