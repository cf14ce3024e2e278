import { inOrderOfStart, type LotClaims, type PlannedBooking } from './lot-claims.js';

/**
 * The smallest set of bookings without which the lot has enough spots at every moment. If there are
 * several such sets, it is the one that starts last, compared by the latest start, then by the
 * second latest, and so on.
 */
export function bookingsAtRisk(claims: LotClaims): ReadonlySet<PlannedBooking> {
  const risky = new Set<PlannedBooking>();
  const overloads = [...overloadsOf(claims, inOrderOfStart(claims.bookings))];
  if (overloads.length === 0) return risky;
  // Removing any other booking would not reduce the claims at an overloaded moment.
  const involved = inOrderOfStart([...new Set(overloads.flat())]);
  let missing = fewest(claims, involved);
  for (const candidate of involved.toReversed()) {
    if (missing === 0) break;
    const others = involved.filter((booking) => booking !== candidate && !risky.has(booking));
    if (fewest(claims, others) === missing) continue;
    risky.add(candidate);
    missing -= 1;
  }
  return risky;
}

/** The least number of bookings to remove: at each overload, the one that ends last is removed. */
function fewest(claims: LotClaims, ordered: readonly PlannedBooking[]): number {
  return [...overloadsOf(claims, ordered, removeLatestEnd)].length;
}

/**
 * Yields, for each booking whose start overloads the lot (more claims than spots), the bookings that
 * claim a spot at that moment.
 * @param relieve removes some of them
 */
function* overloadsOf(
  { spots, parked }: LotClaims,
  ordered: readonly PlannedBooking[],
  relieve?: (covering: PlannedBooking[]) => void,
): Generator<readonly PlannedBooking[]> {
  // Parked cars claim their spots from now on, so the capacity only grows.
  const ends = parked.map(({ until }) => until).sort((a, b) => a - b);
  let gone = 0;
  let covering: PlannedBooking[] = [];
  for (const booking of ordered) {
    while ((ends[gone] ?? Number.POSITIVE_INFINITY) <= booking.from) gone += 1;
    covering = covering.filter(({ until }) => until > booking.from);
    covering.push(booking);
    if (covering.length <= spots.length - ends.length + gone) continue;
    yield covering;
    relieve?.(covering);
  }
}

/** Removes the booking with the latest end. The list must not be empty. */
function removeLatestEnd(bookings: PlannedBooking[]): void {
  const latest = bookings.reduce((a, b) => (b.until >= a.until ? b : a));
  bookings.splice(bookings.indexOf(latest), 1);
}
