/** Tag of cached values that depend on any lot, spot or reservation. */
export const PARKING_TAG = 'parking';

/** Tag of cached values that depend on one driver's reservations. */
export function driverTag(userId: number): string {
  return `driver:${userId}`;
}
