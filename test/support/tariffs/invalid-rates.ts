import { CITY_CENTRE } from '../data/tariffs.js';
import { changed, changedRate, type InvalidTariff, withRate } from './changed-tariffs.js';

const [SUNDAY, EVENING, FIRST_HOURS, LAST] = [0, 1, 2, 3];

const UNIT = { name: 'Unit', per_minutes: 60, price: 1 };
const days = (...list: readonly unknown[]) => changedRate(SUNDAY, { days: list });
const dates = (...list: readonly unknown[]) => changedRate(SUNDAY, { dates: list });
const MANY_DATES = Array.from({ length: 367 }, (_, day) =>
  new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
);

/** Tariffs with one invalid rate. */
export const INVALID_RATES: readonly InvalidTariff[] = [
  ['no name', changedRate(EVENING, { name: undefined }), 'rates[1].name'],
  ['an unknown field', changedRate(FIRST_HOURS, { color: 'red' }), 'rates[2].color'],
  [
    'a field named constructor',
    changedRate(LAST, { constructor: { name: 'x' } }),
    'rates[3].constructor',
  ],

  ['no conditions, and is not the last one', withRate(FIRST_HOURS, UNIT), 'rates[2]'],
  ['days, and is the last one', changedRate(LAST, { days: ['mon'] }), 'rates[3].days'],
  ['minutes, and is the last one', changedRate(LAST, { from_minute: 0 }), 'rates[3].from_minute'],
  [
    'a flat amount, and is the last one',
    changed({ rates: [CITY_CENTRE.rates[EVENING]] }),
    'rates[0].from',
    'rates[0].until',
  ],

  [
    'neither a unit nor a flat amount',
    changedRate(EVENING, { flat: undefined }),
    'rates[1].per_minutes',
    'rates[1].price',
  ],
  ['a unit without a price', changedRate(FIRST_HOURS, { price: undefined }), 'rates[2].price'],
  ['a price without a unit', changedRate(LAST, { per_minutes: undefined }), 'rates[3].per_minutes'],
  [
    'a flat amount and a price',
    changedRate(EVENING, { price: 1 }),
    'rates[1].price',
    'rates[1].flat',
  ],
  [
    'a flat amount and a unit',
    changedRate(EVENING, UNIT),
    'rates[1].per_minutes',
    'rates[1].price',
    'rates[1].flat',
  ],
  [
    'a flat amount without a time of day',
    withRate(EVENING, { name: 'x', days: ['mon'], flat: 1 }),
    'rates[1].from',
    'rates[1].until',
  ],
  ['a unit of no minutes', changedRate(LAST, { per_minutes: 0 }), 'rates[3].per_minutes'],
  ['a unit over a day', changedRate(LAST, { per_minutes: 1441 }), 'rates[3].per_minutes'],
  ['a negative price', changedRate(LAST, { price: -1 }), 'rates[3].price'],
  ['a price above a million', changedRate(LAST, { price: 1_000_000.01 }), 'rates[3].price'],
  ['a price with three decimals', changedRate(LAST, { price: 0.125 }), 'rates[3].price'],
  ['a price as text', changedRate(LAST, { price: '50' }), 'rates[3].price'],
  ['null as a flat amount', changedRate(EVENING, { flat: null }), 'rates[1].flat'],
  ['a unit and null as a flat amount', changedRate(LAST, { flat: null }), 'rates[3].flat'],

  ['an empty list of days', days(), 'rates[0].days'],
  ['a day as text', changedRate(SUNDAY, { days: 'sun' }), 'rates[0].days'],
  ['an unknown day', days('sun', 'sunday'), 'rates[0].days[1]'],
  ['a day twice', days('sun', 'mon', 'sun'), 'rates[0].days[2]'],
  ['null as days', changedRate(SUNDAY, { days: null }), 'rates[0].days'],
  ['an empty list of dates', dates(), 'rates[0].dates'],
  ['367 dates', dates(...MANY_DATES), 'rates[0].dates'],
  ['a date that does not exist', dates('2028-02-29', '2026-02-29'), 'rates[0].dates[1]'],
  ['an instant as a date', dates('2026-03-01T00:00:00Z'), 'rates[0].dates[0]'],
  ['a date twice', dates('2026-03-01', '2026-03-01'), 'rates[0].dates[1]'],

  ['from without until', changedRate(FIRST_HOURS, { from: '08:00' }), 'rates[2].until'],
  ['until without from', changedRate(FIRST_HOURS, { until: '08:00' }), 'rates[2].from'],
  ['24:00 as a time', changedRate(EVENING, { until: '24:00' }), 'rates[1].until'],
  ['a time without a zero', changedRate(EVENING, { until: '8:00' }), 'rates[1].until'],
  ['a time with seconds', changedRate(EVENING, { from: '18:00:00' }), 'rates[1].from'],
  ['a negative minute', changedRate(FIRST_HOURS, { from_minute: -1 }), 'rates[2].from_minute'],
  [
    'a minute after a year',
    changedRate(FIRST_HOURS, { until_minute: 525_601 }),
    'rates[2].until_minute',
  ],
  [
    'no time between its minutes',
    changedRate(FIRST_HOURS, { from_minute: 120 }),
    'rates[2].until_minute',
  ],
];
