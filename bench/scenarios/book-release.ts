import { measure } from '../client/meter.js';
import { parkingLoad, Tally } from './parking.js';
import type { Scenario } from './scenario.js';

export const bookRelease: Scenario = {
  name: 'book-release',
  title: 'book + release',
  subjects: ['vpms', 'bare', 'bare groups'],
  async run({ server, city, window }) {
    const tally = new Tally();
    const load = parkingLoad(server.origin, city, tally);
    const measurements = await measure(server, { 'book + release': load }, window);
    return {
      measurements,
      errors: load.errors,
      booked: tally.booked,
      sample: shapeOf(tally.sample),
    };
  },
};

/** Returns the types of all fields, because values such as ids and instants differ between servers. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}
