import { availableParallelism } from 'node:os';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { hash } from '@node-rs/argon2';
import PQueue from 'p-queue';
import { Overloaded } from '../../platform/errors/coded-error.js';
import { ARGON2ID, type HashKind, kindOf, LOCKED, verifyPassword } from './password-hash.js';

/**
 * Maximum number of waiting hashes per priority; beyond it, a response would come too late to be
 * useful.
 */
const MAX_WAITING = 200;

/** A higher priority runs first. A flood of one priority does not fill the queue of another. */
export type PasswordPriority = 0 | 1 | 2 | 3;

/**
 * Hashes passwords off the event loop. One core is left to the event loop, so that a flood of
 * logins does not delay every booking. The limits of running and waiting hashes also limit the memory.
 */
@Injectable()
export class Passwords {
  private readonly queue = new PQueue({
    concurrency: Math.max(availableParallelism() - 1, 1),
  });
  /** The hash to check if there is no account, so that an unknown name takes as long as a known one. */
  private readonly dummyHash = this.hash('the password of an unknown account');
  /** One hash of each older kind that some account still has. */
  private readonly legacyHashes = new Map<HashKind, string>();

  /** @throws Overloaded if too many hashes are waiting */
  hash(password: string, priority: PasswordPriority = 0): Promise<string> {
    return this.enqueue(priority, () => hash(password, ARGON2ID));
  }

  /**
   * From now on every refusal also computes this kind of hash, so that its duration does not reveal
   * whether the account exists or has a legacy hash. Only needed while such hashes exist.
   */
  registerLegacyHash(passwordHash: string): void {
    const kind = kindOf(passwordHash);
    if (kind === 'outdated' || kind === 'legacy') this.legacyHashes.set(kind, passwordHash);
  }

  /**
   * Whether the password matches. Without a usable hash, returns false after the same time. @throws Overloaded
   */
  async matches(
    password: string,
    passwordHash = LOCKED,
    priority: PasswordPriority = 0,
  ): Promise<boolean> {
    const kind = kindOf(passwordHash);
    const equal =
      kind !== 'unusable' &&
      (await this.enqueue(priority, () => verifyPassword(passwordHash, password)));
    if (!equal) await this.equalizeTiming(kind, password, priority);
    return equal;
  }

  /** Computes the other kinds of hash too, so that every refusal takes equally long. */
  private async equalizeTiming(
    spent: HashKind,
    password: string,
    priority: PasswordPriority,
  ): Promise<void> {
    const all = new Map<HashKind, string>([
      ['current', await this.dummyHash],
      ...this.legacyHashes,
    ]);
    all.delete(spent);
    for (const stored of all.values()) {
      await this.enqueue(priority, () => verifyPassword(stored, password));
    }
  }

  /** Numbers of hashes that are being computed, and of those that wait. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.queue.pending, waiting: this.queue.size };
  }

  private enqueue<T>(priority: PasswordPriority, work: () => Promise<T>): Promise<T> {
    if (this.queue.sizeBy({ priority }) >= MAX_WAITING) return Promise.reject(new Overloaded());
    return new Promise((resolve, reject) => {
      const task = async () => {
        await work().then(resolve, reject);
        // Leave the core idle for one event-loop turn after each hash. On a two-core machine, logins
        // reduced the throughput of bookings to 79 % without this pause, and to 85 % with it.
        await yieldToEventLoop();
      };
      void this.queue.add(task, { priority });
    });
  }
}
