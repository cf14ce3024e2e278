// Assignments of bookings to spots, found by trying all of them. Slow and simple: the program must
// reach the same results by its rules.

export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What claims the spots of a lot: cars on their spots from now on, and bookings on any spot. */
export interface Claims<B extends Span> {
  /** For each spot, when the claim of the car there ends; null if there is no car. */
  readonly spots: readonly (number | null)[];
  readonly bookings: readonly B[];
}

/** Whether each booking can have a spot on which no other claim overlaps it. */
export function fits({ spots, bookings }: Claims<Span>): boolean {
  const placed = spots.map((car): Span[] =>
    car === null ? [] : [{ from: Number.NEGATIVE_INFINITY, until: car }],
  );
  const place = (index: number): boolean => {
    const booking = bookings[index];
    if (!booking) return true;
    let hasTriedEmpty = false;
    for (const spot of placed) {
      if (spot.length === 0 && hasTriedEmpty) continue;
      hasTriedEmpty ||= spot.length === 0;
      if (spot.some((other) => overlap(other, booking))) continue;
      spot.push(booking);
      if (place(index + 1)) return true;
      spot.pop();
    }
    return false;
  };
  return place(0);
}

/** Whether at each moment of the span fewer cars and bookings claim a spot than there are spots. */
export function isBelowCapacity({ spots, bookings }: Claims<Span>, span: Span): boolean {
  const cars = spots
    .filter((until) => until !== null)
    .map((until) => ({ from: Number.NEGATIVE_INFINITY, until }));
  const claims = [...cars, ...bookings];
  const moments = [span.from, ...claims.map(({ from }) => from)].filter(
    (moment) => span.from <= moment && moment < span.until,
  );
  return moments.every(
    (moment) =>
      claims.filter(({ from, until }) => from <= moment && moment < until).length < spots.length,
  );
}

/**
 * The smallest set of bookings without which the others have spots. If there are several, it is the one
 * with the latest start; if those are equal, the one whose second start is the latest, and so on. Of two
 * bookings with equal starts, the later one counts as the later start.
 */
export function smallestAtRisk<B extends Span>({ spots, bookings }: Claims<B>): ReadonlySet<B> {
  if (fits({ spots, bookings })) return new Set();
  const latestFirst = bookings
    .map((booking, index) => ({ booking, index }))
    .sort((a, b) => b.booking.from - a.booking.from || b.index - a.index)
    .map(({ booking }) => booking);
  for (let size = 1; size <= latestFirst.length; size += 1) {
    // Subsets come in lexicographic order, so the first one that fits has the latest starts.
    for (const removed of subsets(latestFirst, size)) {
      if (fits({ spots, bookings: bookings.filter((booking) => !removed.includes(booking)) })) {
        return new Set(removed);
      }
    }
  }
  throw new Error('No bookings are left, and they do not fit');
}

function* subsets<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [index, first] of items.entries()) {
    for (const rest of subsets(items.slice(index + 1), size - 1)) yield [first, ...rest];
  }
}

export function overlap(a: Span, b: Span): boolean {
  return a.from < b.until && b.from < a.until;
}
