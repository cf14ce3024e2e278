/** Where cached answers are kept. What it loses is read anew; what it says must be what was stored. */
export interface CacheStore {
  /** The values in the order of the keys; undefined for what is not there. @throws when down */
  getMany(keys: readonly string[]): Promise<unknown[]>;
  /** @param maxAge in milliseconds. @throws when down */
  set(key: string, value: unknown, maxAge: number): Promise<void>;
  /** @throws when down */
  delete(keys: readonly string[]): Promise<void>;
  /** Calls back whenever the connection was lost or made anew: writes may have been missed. */
  onReconnect(callback: () => void): void;
  close(): Promise<void>;
}

export const CACHE_STORE = Symbol('CacheStore');
