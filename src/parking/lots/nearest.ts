import { decodeCursor, Page, type PageRequest } from '../../platform/page.js';
import { distanceInMetres, type Position } from './distance.js';

/** A point, and how far away a lot may be. */
export interface Near {
  readonly position: Position;
  /** In metres; infinite without a limit. */
  readonly radius: number;
}

interface Located {
  readonly id: number;
  /** In degrees; null, like the longitude, if the position is unknown. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface Nearby<T> {
  readonly lot: T;
  /** In metres, rounded to 0.1. */
  readonly distance: number;
}

/**
 * The lots within the radius, nearest first and by id at the same distance; lots without a position
 * are omitted. Compares every lot, because this takes less than half a millisecond for a thousand lots
 * (docs/limits.md).
 */
export function nearestPage<T extends Located>(
  lots: readonly T[],
  { position, radius }: Near,
  query: PageRequest,
): Page<Nearby<T>> {
  const after = decodeCursor(query, 'integer', 'id');
  const nearby: (Nearby<T> & { readonly key: readonly [number, number] })[] = [];
  for (const lot of lots) {
    const { latitude, longitude } = lot;
    if (latitude === null || longitude === null) continue;
    const distance = distanceInMetres(position, { latitude, longitude });
    const tenths = Math.round(distance * 10);
    // A lot also matches a radius that equals its rounded distance.
    if (Math.min(distance, tenths / 10) > radius) continue;
    const key = [tenths, lot.id] as const;
    if (!after || compareKeys(key, after) > 0) nearby.push({ lot, distance: tenths / 10, key });
  }
  nearby.sort((a, b) => compareKeys(a.key, b.key));
  return Page.of(nearby, query.limit, ({ key }) => key);
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
}
