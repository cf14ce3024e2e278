/** Returns a number from 0 to `sides - 1`. */
export type Dice = (sides: number) => number;

/** Pseudo-random numbers, equal in each run: a linear congruential generator of Knuth's. */
export function dice(seed: number): Dice {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** One of the elements of a list that is not empty. */
export function anyOf<T>(roll: Dice, list: readonly T[]): T {
  const element = list[roll(list.length)];
  if (element === undefined) throw new Error('The list is empty');
  return element;
}
