import KeyvRedis from '@keyv/redis';
import { Logger } from '@nestjs/common';
import { createRedisClient, withTimeout } from '../redis-client.js';

/** Timeout in milliseconds. Waiting longer would take more time than querying the database. */
const COMMAND_TIMEOUT = 500;

/** A Keyv store in Redis, shared by all instances. Reconnects by itself, without limit. */
export class RedisStore extends KeyvRedis<unknown> {
  private readonly log = new Logger('Redis');
  private isDown = false;

  constructor(url: string) {
    const client = createRedisClient(url);
    super(client, { throwOnErrors: true });
    client.on('error', (error: Error) => this.reportDown(error));
    client.on('ready', () => this.reportUp());
    client.connect().catch((error: Error) => this.reportDown(error));
  }

  override getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    return withTimeout(super.getMany<Value>(keys), COMMAND_TIMEOUT);
  }

  override set(key: string, value: string, ttl?: number): Promise<void> {
    return withTimeout(super.set(key, value, ttl), COMMAND_TIMEOUT);
  }

  override delete(key: string): Promise<boolean> {
    return withTimeout(super.delete(key), COMMAND_TIMEOUT);
  }

  /** Calls the callback when the connection is lost or opened, because the store may have missed writes. */
  onReconnect(callback: () => void): void {
    this.client.on('ready', callback);
    this.client.on('error', callback);
  }

  /**
   * Does nothing. @nestjs/cache-manager calls it when the shutdown begins, while requests still invalidate;
   * the client would reconnect and reject most of them. {@link close} is called later.
   */
  override async disconnect(): Promise<void> {}

  close(): void {
    if (this.client.isOpen) void this.client.destroy();
  }

  private reportDown(error: Error): void {
    if (this.isDown) return;
    this.isDown = true;
    this.log.warn(`unavailable; values are read from the database instead: ${error.message}`);
  }

  private reportUp(): void {
    if (this.isDown) this.log.log('available again');
    this.isDown = false;
  }
}
