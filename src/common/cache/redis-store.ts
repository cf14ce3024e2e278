import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import KeyvRedis, { createClient } from '@keyv/redis';
import { Keyv } from 'keyv';
import type { CacheStore } from './cache-store.js';

/** Whoever waits longer is quicker at the database. In milliseconds. */
const COMMAND_TIMEOUT = 500;
const RECONNECT_PAUSE = 250;
const PING_INTERVAL = 5_000;
const NAMESPACE = 'vpms:cache';

/** Keeps the answers in Redis, shared by all instances. Reconnects by itself, for as long as it takes. */
export class RedisStore implements CacheStore {
  private readonly logger = new Logger('Redis');
  private readonly client;
  private readonly keyv: Keyv;
  private isDown = false;

  constructor(url: string) {
    this.client = createClient({
      url,
      // A command while it is down fails at once instead of waiting for its return.
      disableOfflineQueue: true,
      // Finds out that a connection is dead which nobody has closed.
      pingInterval: PING_INTERVAL,
      socket: { connectTimeout: 2_000, reconnectStrategy: () => RECONNECT_PAUSE },
    });
    this.client.on('error', (error: Error) => this.noteDown(error));
    this.client.on('ready', () => this.noteUp());
    const store = new KeyvRedis(this.client, { throwOnErrors: true });
    this.keyv = new Keyv({
      store,
      namespace: NAMESPACE,
      useKeyPrefix: false,
      throwOnErrors: true,
    });
    // Each failure is thrown to its caller too.
    this.keyv.on('error', () => undefined);
    this.client.connect().catch((error: Error) => this.noteDown(error));
  }

  getMany(keys: readonly string[]): Promise<unknown[]> {
    return inTime(this.keyv.getMany([...keys]));
  }

  async set(key: string, value: unknown, maxAge: number): Promise<void> {
    await inTime(this.keyv.set(key, value, maxAge));
  }

  async delete(keys: readonly string[]): Promise<void> {
    await inTime(this.keyv.deleteMany([...keys]));
  }

  onReconnect(callback: () => void): void {
    this.client.on('ready', callback);
    this.client.on('error', callback);
  }

  async close(): Promise<void> {
    if (this.client.isOpen) this.client.destroy();
  }

  private noteDown(error: Error): void {
    if (this.isDown) return;
    this.isDown = true;
    this.logger.warn(`down, serving from the database until it is back: ${error.message}`);
  }

  private noteUp(): void {
    if (this.isDown) this.logger.log('is back');
    this.isDown = false;
  }
}

async function inTime<T>(command: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(COMMAND_TIMEOUT, undefined, { signal: timer.signal }).then(() => {
    throw new Error('Redis does not answer in time');
  });
  try {
    return await Promise.race([command, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
