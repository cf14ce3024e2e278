import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { Overloaded } from '../common/problems/coded-error.js';

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB of memory, 2 passes, 1 lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Beyond this many waiting, an answer would come too late to be of use. */
const MAX_WAITING = 200;

/** Hashes passwords off the event loop, one per core at a time, so that the memory stays bounded. */
@Injectable()
export class Passwords {
  private readonly limit = pLimit(availableParallelism());
  /** Compared with where there is no account, so that an unknown name takes as long. */
  private readonly nobody = this.hash('the password of nobody');

  /** @throws Overloaded when too many are waiting. */
  hash(password: string): Promise<string> {
    return this.queue(() => hash(password, ARGON2ID));
  }

  /** Takes the same time where there is no hash, and says no. @throws Overloaded */
  async matches(password: string, passwordHash: string | undefined): Promise<boolean> {
    const known = passwordHash ?? (await this.nobody);
    const equal = await this.queue(() => verify(known, password));
    return equal && passwordHash !== undefined;
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= MAX_WAITING) return Promise.reject(new Overloaded());
    return this.limit(work);
  }
}
