import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@keyv/redis';

/** In milliseconds. */
const RECONNECT_PAUSE = 250;
const CONNECT_TIMEOUT = 2_000;
const PING_INTERVAL = 5_000;

/** A client that is still to be connected. It reconnects by itself, for as long as it takes. */
export function createRedisClient(url: string) {
  return createClient({
    url,
    // A command while it is down fails at once instead of waiting for its return.
    disableOfflineQueue: true,
    // Finds out that a connection is dead which nobody has closed.
    pingInterval: PING_INTERVAL,
    socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: () => RECONNECT_PAUSE },
  });
}

/** The command's answer. @throws where none has come after that many milliseconds */
export async function withTimeout<T>(command: Promise<T>, milliseconds: number): Promise<T> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error('Redis does not answer in time');
  });
  try {
    return await Promise.race([command, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
