import type { Tariff } from '../../../../parking/tariffs/tariff.js';

/** Makes a tariff from a price per hour in minor units. */
export type TariffMaker = (pricePerHour: number) => Tariff;

/** Short stays are cheap, the day is capped, and the first minutes are free. */
export const SHOPPING_TARIFF: TariffMaker = (price) =>
  tariff('Shopping', {
    grace_minutes: 15,
    rates: [
      { name: 'First two hours', until_minute: 120, per_minutes: 30, price: half(price) },
      { name: 'Longer', per_minutes: 60, price: 2 * price },
    ],
    caps: [{ per: '24_hours', amount: 12 * price }],
  });

/** An hourly rate with a daily cap for commuters, and one amount for the night. */
export const STATION_TARIFF: TariffMaker = (price) =>
  tariff('Park and ride', {
    rates: [
      { name: 'Night', from: '20:00', until: '06:00', flat: 2 * price },
      { name: 'Day', per_minutes: 60, price },
    ],
    caps: [{ per: 'calendar_day', amount: 6 * price }],
  });

/** A short stay to drop someone off is free, and Sundays cost half. */
export const HOSPITAL_TARIFF: TariffMaker = (price) =>
  tariff('Visitors', {
    grace_minutes: 20,
    rates: [
      { name: 'Sunday', days: ['sun'], per_minutes: 60, price: half(price) },
      { name: 'Visit', per_minutes: 60, price },
    ],
    caps: [{ per: '24_hours', amount: 8 * price }],
  });

function tariff(name: string, parts: Pick<Tariff, 'rates' | 'caps'> & Partial<Tariff>): Tariff {
  return { name, grace_minutes: 0, minimum: 0, tax_basis_points: 1800, ...parts };
}

/** Rounded up to the minor unit. */
function half(price: number): number {
  return Math.ceil(price / 2);
}
