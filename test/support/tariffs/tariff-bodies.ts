import {
  type Arbitrary,
  array,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  string,
  subarray,
  tuple,
  uniqueArray,
} from 'fast-check';
import { DateTime } from 'luxon';
import { WEEKDAYS } from '../../../src/parking/tariffs/tariff.js';
import type { RateDto } from '../../../src/api-models/tariffs/rate.dto.js';
import type { CapDto, TariffDto } from '../../../src/api-models/tariffs/tariff.dto.js';

/** A tariff as a client sends it. */
export type TariffBody = Pick<TariffDto, 'name' | 'rates'> & Partial<TariffDto>;

const MINUTES_PER_DAY = 1440;

const names = string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter(
  (name) => name.trim() !== '' && [...name].length <= 80 && !/\p{Surrogate}|\p{Cc}/u.test(name),
);
const days = subarray([...WEEKDAYS], { minLength: 1 });
const dates = uniqueArray(integer({ min: 0, max: 20_000 }).map(toDate), {
  minLength: 1,
  maxLength: 8,
});
const times = integer({ min: 0, max: MINUTES_PER_DAY - 1 }).map(toTime);
const windows = record({ from: times, until: times });
const elapsed = oneof(
  record({ from_minute: integer({ min: 0, max: 525_600 }) }),
  record({ until_minute: integer({ min: 1, max: 525_600 }) }),
  tuple(integer({ min: 0, max: 525_599 }), integer({ min: 1, max: 525_600 })).map(
    ([from_minute, length]) => ({
      from_minute,
      until_minute: Math.min(525_600, from_minute + length),
    }),
  ),
);
const conditions = oneof(
  record({ days }),
  record({ dates }),
  elapsed,
  windows,
  tuple(record({ days, dates }, { requiredKeys: [] }), elapsed, windows).map(
    ([day, ...more]) => Object.assign({}, day, ...more) as Partial<RateDto>,
  ),
);

/** Valid bodies of tariffs in a currency with the given number of decimals. */
export function tariffBodies(decimals: number): Arbitrary<TariffBody> {
  const amounts = oneof(
    integer({ min: 0, max: 1_000_000 }),
    integer({ min: 0, max: 10 ** 6 }).map((minor) => minor / 10 ** decimals),
    constantFrom(0, 1_000_000, 10 ** -decimals),
  );
  const unit = record({
    name: names,
    per_minutes: integer({ min: 1, max: MINUTES_PER_DAY }),
    price: amounts,
  });
  const rate = oneof(
    tuple(unit, conditions).map(([one, when]) => ({ ...one, ...when })),
    tuple(record({ name: names, flat: amounts }), conditions, windows).map(
      ([one, ...when]) => Object.assign({}, one, ...when) as RateDto,
    ),
  );
  return record({
    optional: record(
      {
        grace_minutes: integer({ min: 0, max: MINUTES_PER_DAY }),
        tax_percent: integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
        minimum: amounts,
      },
      { requiredKeys: [] },
    ),
    name: names,
    rates: array(rate, { maxLength: 6 }),
    last: unit,
    caps: capsOf(amounts),
  }).map(({ optional, name, rates, last, caps }) => {
    const least = Math.min(...(caps ?? []).map(({ amount }) => amount));
    const { minimum } = optional;
    return {
      ...optional,
      ...(minimum !== undefined && { minimum: Math.min(minimum, least) }),
      name,
      rates: [...rates, last],
      ...(caps && { caps }),
    };
  });
}

function capsOf(amounts: Arbitrary<number>): Arbitrary<CapDto[] | null> {
  const periods = constantFrom<CapDto['per'][]>(
    ['stay'],
    ['24_hours'],
    ['calendar_day'],
    ['stay', '24_hours'],
    ['calendar_day', 'stay'],
  );
  return option(
    tuple(periods, amounts, amounts).map(([pers, ...sums]) =>
      pers.map((per, index) => ({ per, amount: sums[index] ?? 0 })),
    ),
  );
}

function toDate(day: number): string {
  return DateTime.fromMillis(day * MINUTES_PER_DAY * 60_000, { zone: 'utc' }).toFormat(
    'yyyy-MM-dd',
  );
}

function toTime(minute: number): string {
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
