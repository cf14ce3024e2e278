/** How clearly two samples differ. */
export interface Separation {
  /** Probability that a value of the first sample exceeds a value of the second; 0.5 means no difference. */
  readonly probability: number;
  /** Two-sided p-value of the Mann-Whitney U test, by the normal approximation. */
  readonly p: number;
}

/**
 * Compares two samples by rank, so that a few very slow responses hardly affect the result. Does not correct
 * for ties.
 */
export function separationOf(first: readonly number[], second: readonly number[]): Separation {
  const pairs = first.length * second.length;
  let exceeding = 0;
  for (const one of first) {
    for (const other of second) exceeding += one > other ? 1 : one === other ? 0.5 : 0;
  }
  const deviation = Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  const z = (exceeding - pairs / 2) / deviation;
  return { probability: exceeding / pairs, p: 2 * (1 - normal(Math.abs(z))) };
}

export function medianOf(sample: readonly number[]): number {
  const sorted = sample.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The standard normal distribution (Abramowitz and Stegun 26.2.17, error below 1e-7), for z >= 0. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const factors = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = factors.reduceRight((total, factor) => (total + factor) * t, 0);
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
