import { CITY_CENTRE } from '../data/tariffs.js';
import { changed, type InvalidTariff, withRate } from './changed-tariffs.js';

const cap = (per: unknown, amount: unknown = 300) => ({ per, amount });
const withCaps = (...caps: readonly unknown[]) => changed({ caps });

/** Tariffs with an invalid field of the tariff itself, or an invalid cap. */
export const INVALID_TARIFFS: readonly InvalidTariff[] = [
  ['no name', changed({ name: undefined }), 'name'],
  ['an empty name', changed({ name: '' }), 'name'],
  ['a name of white space', changed({ name: ' \t' }), 'name'],
  ['a name of 81 characters', changed({ name: '🅿'.repeat(81) }), 'name'],
  ['null as a name', changed({ name: null }), 'name'],
  ['an unknown field', changed({ currency: 'INR' }), 'currency'],
  ['a negative grace period', changed({ grace_minutes: -1 }), 'grace_minutes'],
  ['a grace period over a day', changed({ grace_minutes: 1441 }), 'grace_minutes'],
  ['a part of a minute', changed({ grace_minutes: 0.5 }), 'grace_minutes'],
  ['null as a grace period', changed({ grace_minutes: null }), 'grace_minutes'],
  ['a negative minimum', changed({ minimum: -1 }), 'minimum'],
  ['a minimum above a cap', changed({ minimum: 300.01 }), 'minimum'],
  [
    'a minimum above one of two caps',
    { ...withCaps(cap('24_hours'), cap('stay', 5)), minimum: 6 },
    'minimum',
  ],
  ['a minimum with three decimals', changed({ minimum: 1.005 }), 'minimum'],
  ['a tax above 100 %', changed({ tax_percent: 100.01 }), 'tax_percent'],
  ['a negative tax', changed({ tax_percent: -0.01 }), 'tax_percent'],
  ['a tax with three decimals', changed({ tax_percent: 18.005 }), 'tax_percent'],
  ['a tax as text', changed({ tax_percent: '18' }), 'tax_percent'],
  ['no rates', changed({ rates: undefined }), 'rates'],
  ['an empty list of rates', changed({ rates: [] }), 'rates'],
  ['rates as an object', changed({ rates: { 0: CITY_CENTRE.rates[3] } }), 'rates'],
  [
    '21 rates',
    changed({ rates: [...Array(20).fill(CITY_CENTRE.rates[2]), CITY_CENTRE.rates[3]] }),
    'rates',
  ],
  ['null as a rate', withRate(0, null), 'rates[0]'],
  ['a list as a rate', withRate(2, [CITY_CENTRE.rates[2]]), 'rates[2]'],
  ['an empty list of caps', withCaps(), 'caps'],
  ['null as caps', changed({ caps: null }), 'caps'],
  ['four caps', withCaps(cap('stay'), cap('24_hours'), cap('stay'), cap('24_hours')), 'caps'],
  ['an unknown kind of cap', withCaps(cap('stay'), cap('week')), 'caps[1].per'],
  ['a cap without a kind', withCaps({ amount: 1 }), 'caps[0].per'],
  [
    'two caps of one kind',
    withCaps(cap('24_hours'), cap('stay'), cap('24_hours', 1)),
    'caps[2].per',
  ],
  ['both daily caps', withCaps(cap('calendar_day'), cap('stay'), cap('24_hours')), 'caps[2].per'],
  ['a cap without an amount', withCaps({ per: 'stay' }), 'caps[0].amount'],
  ['a cap above a million', withCaps(cap('stay', 1_000_000.01)), 'caps[0].amount'],
  ['a cap with three decimals', withCaps(cap('stay', 0.001)), 'caps[0].amount'],
  ['a number as a cap', withCaps(300), 'caps[0]'],
  ['an unknown field of a cap', withCaps({ ...cap('stay'), x: 1 }), 'caps[0].x'],
];
