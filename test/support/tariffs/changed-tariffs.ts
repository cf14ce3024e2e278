import { CITY_CENTRE } from '../data/tariffs.js';

type Fields = Readonly<Record<string, unknown>>;

/** An invalid tariff: what is wrong with it, the body, and the path of each error that it gets. */
export type InvalidTariff = [fault: string, body: unknown, path: string, ...morePaths: string[]];

/** {@link CITY_CENTRE} with other fields; a field that is undefined is omitted. */
export function changed(fields: Fields): Fields {
  return { ...CITY_CENTRE, ...fields };
}

export function withRate(index: number, rate: unknown): Fields {
  return changed({ rates: CITY_CENTRE.rates.map((old, at) => (at === index ? rate : old)) });
}

/** {@link CITY_CENTRE} with other fields of one rate; a field that is undefined is omitted. */
export function changedRate(index: number, fields: Fields): Fields {
  return withRate(index, { ...CITY_CENTRE.rates[index], ...fields });
}
