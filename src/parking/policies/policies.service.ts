import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { raw, type SqlFragment } from '../../platform/database/sql/sql.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { PARKING_TAG } from '../cache-tags.js';
import { LotNotFound } from '../errors.js';
import { AgreedPolicies } from './agreed-policies.js';
import { encodePolicy, type Policy } from './policy.js';

/** Reads and replaces the policies of lots; each change is audited. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
    private readonly agreed: AgreedPolicies,
  ) {}

  /** @throws LotNotFound */
  async find(lotId: number): Promise<Policy> {
    return this.agreed.find(this.database, await policyIdOf(this.database, lotId, raw('')));
  }

  /** Replaces the policy. Bookings keep the one that applied when they were made. @throws LotNotFound */
  async set(lotId: number, policy: Policy, principal: Principal): Promise<Policy> {
    const written = this.transactions.run(async (tx) => {
      const id = await policyIdOf(tx, lotId, rowLock(tx, 'FOR UPDATE'));
      const before = await this.agreed.find(tx, id);
      if (isDeepStrictEqual(before, policy)) return;
      const now = this.clock.now();
      const [inserted] = await tx.sql<{ id: number }[]>`
        INSERT INTO policies (lot_id, walk_in_minutes, content, created_at)
        VALUES (${lotId}, ${policy.walk_in_minutes}, ${encodePolicy(policy)}, ${now.getTime()})
        RETURNING id`;
      if (!inserted) throw new Error('INSERT returned no row');
      await tx.sql`UPDATE lots SET policy_id = ${inserted.id} WHERE id = ${lotId}`;
      const changed = (values: Policy) =>
        Object.fromEntries(
          Object.entries(values).filter(
            ([field]) => Reflect.get(before, field) !== Reflect.get(policy, field),
          ),
        );
      await recordAudit(tx, {
        at: now,
        by: principal,
        action: 'policy.set',
        targetId: lotId,
        before: changed(before),
        after: changed(policy),
      });
    });
    await invalidateAfter(written, this.cache, [PARKING_TAG]);
    return policy;
  }
}

async function policyIdOf(source: Queryable, lotId: number, lock: SqlFragment) {
  const [lot] = await source.sql<{ policyId: number | null }[]>`
    SELECT policy_id AS "policyId" FROM lots WHERE id = ${lotId} AND retired_at IS NULL ${lock}`;
  if (!lot) throw new LotNotFound(lotId);
  return lot.policyId;
}
