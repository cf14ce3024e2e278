interface Begun {
  readonly id: number;
  /** In ms. */
  readonly parkedAt: number;
}

/**
 * Orders stays that are otherwise equal: the one that began last comes first, and of two that began at
 * the same instant, the one that was stored last. An entry that finds its car in the lot then names the
 * stay that the car's exit ends.
 */
export function lastBegunFirst(a: Begun, b: Begun): number {
  return b.parkedAt - a.parkedAt || b.id - a.id;
}
