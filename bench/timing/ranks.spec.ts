import { describe, expect, it } from 'vitest';
import { medianOf, separationOf } from './ranks.js';

describe('the separation of two samples', () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);

  it('is insignificant for equal samples', () => {
    const { probability, p } = separationOf(numbers, numbers);
    expect([probability, p]).toEqual([0.5, expect.closeTo(1, 6)]);
  });

  it('is significant for different samples', () => {
    const later = numbers.map((number) => number + 8);
    expect(separationOf(later, numbers).probability).toBeGreaterThan(0.8);
    expect(separationOf(later, numbers).p).toBeLessThan(0.001);
    expect(separationOf(numbers, later).p).toBeCloseTo(separationOf(later, numbers).p);
  });

  it('has the p-value of the tables: z = 1.96 is 5 %', () => {
    // U = 0 of 9 pairs: z = 4.5 / sqrt(9 * 7 / 12) = 1.9640.
    expect(separationOf([1, 2, 3], [4, 5, 6])).toEqual({
      probability: 0,
      p: expect.closeTo(0.0495, 3),
    });
  });

  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
  ])('is computed with the median of %j: %d', (sample, median) => {
    expect(medianOf(sample)).toBe(median);
  });
});
