import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceInMetres } from './distance.js';

const at = (latitude: number, longitude: number) => ({ latitude, longitude });
/** Half of the circumference of the sphere, in metres. */
const HALF_WAY = 20_015_114;

const position = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('the distance of two positions', () => {
  it.each([
    ['the same position', at(28.6315, 77.2167), at(28.6315, 77.2167), 0],
    ['a degree of latitude', at(0, 0), at(1, 0), 111_195],
    ['a degree of longitude at 60° north', at(60, 10), at(60, 11), 55_597],
    ['Connaught Place and India Gate', at(28.6315, 77.2167), at(28.6129, 77.2295), 2_417],
    ['Paris and New York', at(48.8566, 2.3522), at(40.7128, -74.006), 5_837_240],
    ['both sides of the antimeridian', at(0, 179.9), at(0, -179.9), 22_239],
    ['opposite points', at(0, 0), at(0, 180), HALF_WAY],
    ['the poles', at(90, 12), at(-90, -34), HALF_WAY],
    ['a pole under two longitudes', at(90, 0), at(90, 180), 0],
  ])('is correct to 1 m or 0.1 % for %s', (_, a, b, metres) => {
    expect(Math.abs(distanceInMetres(a, b) - metres)).toBeLessThan(Math.max(1, metres / 1000));
  });

  it('is the same in both directions, and at most half of the circumference', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const metres = distanceInMetres(a, b);
        expect(metres).toBeGreaterThanOrEqual(0);
        expect(metres).toBeLessThanOrEqual(HALF_WAY + 1);
        expect(distanceInMetres(b, a)).toBeCloseTo(metres, 5);
      }),
    );
  });
});
