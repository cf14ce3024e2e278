import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@keyv/redis';

/** Durations in milliseconds. */
const RECONNECT_PAUSE = 250;
const CONNECT_TIMEOUT = 2_000;
const PING_INTERVAL = 5_000;

/** Creates a client that is not connected yet. It reconnects by itself, without limit. */
export function createRedisClient(url: string) {
  return createClient({
    url,
    // While Redis is down, commands fail immediately instead of waiting.
    disableOfflineQueue: true,
    // Detects dead connections that were never closed.
    pingInterval: PING_INTERVAL,
    socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: () => RECONNECT_PAUSE },
  });
}

/** Waits for the command. @throws Error if it takes longer than the given number of milliseconds */
export async function withTimeout<T>(command: Promise<T>, milliseconds: number): Promise<T> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error('Redis does not respond in time');
  });
  try {
    return await Promise.race([command, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
