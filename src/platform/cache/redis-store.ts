import { Logger } from '@nestjs/common';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { createRedisClient, withTimeout } from '../redis-client.js';
import type { CacheStore } from './cache-store.js';

/** Whoever waits longer is quicker at the database. In milliseconds. */
const COMMAND_TIMEOUT = 500;
const NAMESPACE = 'vpms:cache';

/** Keeps the answers in Redis, shared by all instances. Reconnects by itself, for as long as it takes. */
export class RedisStore implements CacheStore {
  private readonly logger = new Logger('Redis');
  private readonly client;
  private readonly keyv: Keyv;
  private isDown = false;

  constructor(url: string) {
    this.client = createRedisClient(url);
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
    return withTimeout(this.keyv.getMany([...keys]), COMMAND_TIMEOUT);
  }

  async set(key: string, value: unknown, maxAge: number): Promise<void> {
    await withTimeout(this.keyv.set(key, value, maxAge), COMMAND_TIMEOUT);
  }

  async delete(keys: readonly string[]): Promise<void> {
    await withTimeout(this.keyv.deleteMany([...keys]), COMMAND_TIMEOUT);
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
