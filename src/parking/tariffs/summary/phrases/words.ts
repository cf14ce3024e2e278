/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  const others = words.slice(0, -1);
  return others.length > 0 ? `${others.join(', ')} and ${last}` : last;
}

/** `1 minute`, `90 minutes`, `1 hour`, `24 hours`. */
export function durationWords(minutes: number): string {
  const { count, noun } = partsOf(minutes);
  return `${count} ${noun}`;
}

/** Like {@link durationWords}, but without the number 1: `hour`, `30 minutes`. */
export function periodWords(minutes: number): string {
  const { count, noun } = partsOf(minutes);
  return count === 1 ? noun : `${count} ${noun}`;
}

/** `2 to 4 hours`, `90 minutes to 4 hours`. */
export function rangeWords(from: number, until: number): string {
  const [first, second] = [partsOf(from), partsOf(until)];
  const isSameUnit = isHours(from) === isHours(until);
  return isSameUnit
    ? `${first.count} to ${second.count} ${second.noun}`
    : `${durationWords(from)} to ${durationWords(until)}`;
}

function partsOf(minutes: number): { readonly count: number; readonly noun: string } {
  const count = isHours(minutes) ? minutes / 60 : minutes;
  const noun = isHours(minutes) ? 'hour' : 'minute';
  return { count, noun: count === 1 ? noun : `${noun}s` };
}

function isHours(minutes: number): boolean {
  return minutes % 60 === 0;
}
