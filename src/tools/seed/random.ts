/**
 * A random number generator whose output depends only on seed and stream: sfc32 by Chris Doty-Humphrey
 * (PractRand, public domain). Streams are independent, so that a change of the number of drivers does
 * not change the lots. Not for secrets.
 */
export class Random {
  private a: number;
  private b: number;
  private c = 0x9e3779b9;
  private counter = 1;

  /** @param seed a whole number from 0 to 2^32 - 1 */
  constructor(seed: number, stream: string) {
    this.a = seed | 0;
    this.b = fnv1a(stream);
    // After 15 rounds, every bit of the state depends on the seed.
    for (let round = 0; round < 15; round += 1) this.next();
  }

  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A number from `min` (inclusive) to `max` (exclusive). */
  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  /** An integer from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError if there are no choices. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.integer(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError('No choices to pick from');
    return choice;
  }

  /** A sample of the triangular distribution from `min` to `max` with its peak at `mode`. */
  triangular({ min, mode, max }: Triangle): number {
    const position = this.next();
    const peak = (mode - min) / (max - min);
    return position < peak
      ? min + Math.sqrt(position * (max - min) * (mode - min))
      : max - Math.sqrt((1 - position) * (max - min) * (max - mode));
  }

  /** Rounds up or down at random, so that the mean of the results is `mean`. */
  roundRandomly(mean: number): number {
    return Math.floor(mean + this.next());
  }
}

export interface Triangle {
  readonly min: number;
  readonly mode: number;
  readonly max: number;
}

/** 32-bit FNV-1a hash (RFC 9923). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
