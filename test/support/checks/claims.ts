// Checks that a lot never has more claims than spots, and that it refuses a window only if it is full
// at some moment of the window.

/** A claim from `starts`, included, until `ends`, excluded, in ms. */
export interface Claim {
  readonly starts: number;
  readonly ends: number;
}

/** The largest number of simultaneous claims, in the window or, by default, at any time. */
export function mostAtOnce(
  claims: readonly Claim[],
  { starts: from, ends: until }: Claim = { starts: -Infinity, ends: Infinity },
): number {
  const inside = claims.filter(({ starts, ends }) => starts < until && ends > from);
  // The number grows only when a claim starts.
  const moments = [from, ...inside.map(({ starts }) => Math.max(starts, from))];
  return Math.max(
    ...moments.map((at) => inside.filter(({ starts, ends }) => starts <= at && at < ends).length),
  );
}
