import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Queryable } from '../../platform/database/queryable.js';
import { decodePolicy, DEFAULT_POLICY, type Policy } from './policy.js';

const MAX_CACHED = 500;

/** Finds the policy that was agreed for a booking, or that applies to a lot. */
@Injectable()
export class AgreedPolicies {
  /** Policies by id. A stored policy does not change: a lot gets a new one. */
  private readonly policies = new LRUCache<number, Policy>({ max: MAX_CACHED });

  /** @param id null for the default policy */
  async find(source: Queryable, id: number | null): Promise<Policy> {
    if (id === null) return DEFAULT_POLICY;
    const cached = this.policies.get(id);
    if (cached) return cached;
    const [row] = await source.sql<{ content: string }[]>`
      SELECT content FROM policies WHERE id = ${id}`;
    if (!row) throw new Error(`The policy ${id} is missing`);
    const policy = decodePolicy(row.content);
    this.policies.set(id, policy);
    return policy;
  }
}
