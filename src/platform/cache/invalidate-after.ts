import { isDatabaseOutage } from '../database/outages.js';
import type { TaggedCache } from './tagged-cache.js';

/**
 * Waits for the write, and invalidates its tags. If the database is unavailable, the write may be committed
 * although its response was lost, so its tags are invalidated too.
 * @param tags are read after the write, so the write may add to them
 * @throws the error of the write
 */
export async function invalidateAfter<T>(
  write: Promise<T>,
  cache: TaggedCache,
  tags: readonly string[] | ReadonlySet<string>,
): Promise<T> {
  try {
    const result = await write;
    await cache.invalidate(...tags);
    return result;
  } catch (error) {
    if (isDatabaseOutage(error)) await cache.invalidate(...tags);
    throw error;
  }
}
