import { availableParallelism } from 'node:os';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { hash } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { Overloaded } from '../../platform/errors/coded-error.js';
import { ARGON2ID, type HashKind, kindOf, LOCKED, verifyPassword } from './password-hash.js';

/** Beyond this many waiting, an answer would come too late to be of use. */
const MAX_WAITING = 200;

/**
 * Hashes passwords off the event loop. One core is left to the event loop, or a flood of logins would
 * hold up every booking; and the memory stays bounded.
 */
@Injectable()
export class Passwords {
  private readonly limit = pLimit(Math.max(availableParallelism() - 1, 1));
  /** Compared with where there is no account, so that an unknown name takes as long. */
  private readonly dummyHash = this.hash('the password of nobody');
  /** Some hash of each kind that we make no more, as long as accounts with such ones are expected. */
  private readonly legacyHashes = new Map<HashKind, string>();

  /** @throws Overloaded when too many are waiting. */
  hash(password: string): Promise<string> {
    return this.queue(() => hash(password, ARGON2ID));
  }

  /**
   * From now on every refusal takes as long as one by this hash and one by ours together: neither
   * tells whether there is an account, nor whether its hash is still the one from before.
   */
  registerLegacyHash(passwordHash: string): void {
    const kind = kindOf(passwordHash);
    if (kind === 'outdated' || kind === 'legacy') this.legacyHashes.set(kind, passwordHash);
  }

  /** Takes the same time where there is no hash, or an unusable one, and says no. @throws Overloaded */
  async matches(password: string, passwordHash = LOCKED): Promise<boolean> {
    const kind = kindOf(passwordHash);
    const equal =
      kind !== 'unusable' && (await this.queue(() => verifyPassword(passwordHash, password)));
    if (!equal) await this.equalizeTiming(kind, password);
    return equal;
  }

  /** What a refusal has not computed yet of what every refusal computes. */
  private async equalizeTiming(spent: HashKind, password: string): Promise<void> {
    const all = new Map<HashKind, string>([
      ['current', await this.dummyHash],
      ...this.legacyHashes,
    ]);
    all.delete(spent);
    for (const stored of all.values()) await this.queue(() => verifyPassword(stored, password));
  }

  /** Hashes that are being computed, and that wait for it. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.limit.activeCount, waiting: this.limit.pendingCount };
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= MAX_WAITING) return Promise.reject(new Overloaded());
    return new Promise((resolve, reject) => {
      void this.limit(async () => {
        await work().then(resolve, reject);
        // Bookings need more than one core of two, the disk's part and the network's. So its core
        // rests until the event loop has had its turn: the longer, the more there is to do.
        await yieldToEventLoop();
      });
    });
  }
}
