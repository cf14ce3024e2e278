/** The tariff of the examples in docs/openapi.json, as a request body. */
export const CITY_CENTRE = {
  name: 'City centre',
  grace_minutes: 10,
  minimum: 0,
  tax_percent: 18,
  rates: [
    { name: 'Sunday', days: ['sun'], per_minutes: 60, price: 0 },
    { name: 'Evening', from: '18:00', until: '08:00', flat: 60 },
    { name: 'First two hours', until_minute: 120, per_minutes: 30, price: 20 },
    { name: 'After that', per_minutes: 60, price: 50 },
  ],
  caps: [{ per: '24_hours', amount: 300 }],
};

/** A tariff with one price per hour. */
export function perHour(price: number, name = 'Simple') {
  return { name, rates: [{ name: 'Hour', per_minutes: 60, price }] };
}
