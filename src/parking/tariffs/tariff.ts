/** The days of the week, Monday first, as in ISO 8601. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/**
 * When a rate applies. Omitted conditions do not restrict it; all given ones must hold. `from` and
 * `until` are given together.
 */
export interface RateConditions {
  readonly days?: readonly Weekday[];
  /** Local dates, `YYYY-MM-DD`. */
  readonly dates?: readonly string[];
  /**
   * Local time of day, `HH:MM`. If `until` is not after `from`, the window continues past midnight,
   * and `days` and `dates` refer to the day on which it starts.
   */
  readonly from?: string;
  readonly until?: string;
  /** Minutes since the start of the stay: from is included, until is not. */
  readonly from_minute?: number;
  readonly until_minute?: number;
}

/** Each started unit of `per_minutes` costs `price`, in minor units. */
export interface UnitRate extends RateConditions {
  readonly name: string;
  readonly per_minutes: number;
  readonly price: number;
}

/** One amount for the rest of the rate's current time-of-day window, in minor units. */
export interface FlatRate extends RateConditions {
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly flat: number;
}

export type Rate = UnitRate | FlatRate;

export const CAP_PERIODS = ['24_hours', 'calendar_day', 'stay'] as const;
export type CapPeriod = (typeof CAP_PERIODS)[number];

/** The units that start within one period `per` cost at most `amount`, in minor units. */
export interface Cap {
  readonly per: CapPeriod;
  readonly amount: number;
}

/** What a stay costs. Amounts are minor units and include tax. Names are those of the API. */
export interface Tariff {
  readonly name: string;
  /** A stay of at most this many minutes is free; with 0, no stay is free. */
  readonly grace_minutes: number;
  /** The least that a stay beyond its grace period costs. */
  readonly minimum: number;
  /** Hundredths of a percent: 1800 is 18 %. */
  readonly tax_basis_points: number;
  /** At any moment, the first matching rate applies. The last rate has no conditions. */
  readonly rates: readonly Rate[];
  readonly caps: readonly Cap[];
}

/** A tariff, and the stored version of it by which a stay is charged. */
export interface AppliedTariff {
  /** Null for the hourly price of a lot, and in previews. */
  readonly id: number | null;
  /** Null if `id` is null. */
  readonly version: number | null;
  readonly tariff: Tariff;
}

/** The hourly price of a lot as a tariff: each started hour counts, at least one. */
export function hourlyTariff(pricePerHour: number): Tariff {
  return {
    name: 'Hourly price',
    grace_minutes: 0,
    minimum: 0,
    tax_basis_points: 0,
    rates: [{ name: 'Hour', per_minutes: 60, price: pricePerHour }],
    caps: [],
  };
}

/** The price per hour of the last rate, which always matches, rounded up to the minor unit. */
export function pricePerHour({ rates }: Tariff): number {
  const last = rates.at(-1);
  if (!last || 'flat' in last) throw new Error('The last rate of a tariff has a price per unit');
  // Computed with BigInt, because the product may exceed 2^53.
  const units = BigInt(last.per_minutes);
  return Number((BigInt(last.price) * 60n + units - 1n) / units);
}
