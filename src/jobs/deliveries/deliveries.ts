import { Injectable } from '@nestjs/common';
import { LOCKED } from '../../auth/passwords/password-hash.js';
import { Clock } from '../../platform/time/clock.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { list } from '../../platform/database/sql.js';

export type Channel = 'chat' | 'email';

/** What is delivered, on which way. The subject names it for good: `daily-reminders 2026-03-01`. */
export interface DeliveryBatch {
  readonly subject: string;
  readonly channel: Channel;
  /** The run whose `processed` counts what is delivered. */
  readonly runId?: number;
}

/**
 * SQL that holds for accounts whom the channel can reach: not those that nobody can log in to any
 * more, nor by mail those whose address is a placeholder (RFC 2606: `.invalid` leads nowhere).
 */
export function reachableAccountsSql(channel: Channel): string {
  const isOpen = `accounts.password_hash <> '${LOCKED}'`;
  return channel === 'email' ? `${isOpen} AND accounts.email_key NOT LIKE '%.invalid'` : isOpen;
}

/**
 * Remembers what was delivered to whom: one row per subject, channel and driver, written before the
 * message leaves. A row that a crash has left as `sending` is never claimed again, because its
 * message may have arrived: nobody gets one twice (docs/decisions/at-most-once.md).
 */
@Injectable()
export class Deliveries {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** Claims those of the drivers who have not got it, nor may have: only they may be sent to. */
  async claim({ subject, channel }: DeliveryBatch, userIds: readonly number[]): Promise<number[]> {
    const now = this.clock.now().getTime();
    const rows = await this.transactions.run(
      (tx) => tx.sql<{ userId: number }[]>`
        INSERT INTO deliveries (subject, channel, user_id, status, updated_at)
        SELECT ${subject}, ${channel}, id, 'sending', ${now} FROM accounts
        WHERE id IN (${list(userIds)})
        ON CONFLICT (subject, channel, user_id) DO UPDATE
          SET status = 'sending', error = NULL, updated_at = excluded.updated_at
          WHERE deliveries.status = 'failed'
        RETURNING user_id AS "userId"`,
    );
    return rows.map(({ userId }) => userId);
  }

  /** What was claimed has arrived. */
  async confirm(
    { subject, channel, runId }: DeliveryBatch,
    userIds: readonly number[],
  ): Promise<void> {
    const now = this.clock.now().getTime();
    await this.transactions.run(async (tx) => {
      await tx.sql`
        UPDATE deliveries SET status = 'sent', updated_at = ${now}
        WHERE subject = ${subject} AND channel = ${channel} AND user_id IN (${list(userIds)})`;
      if (runId === undefined) return;
      await tx.sql`
        UPDATE job_runs SET processed = processed + ${userIds.length} WHERE id = ${runId}`;
    });
  }

  /** What was claimed has certainly not arrived; it may be claimed again. */
  async release(
    { subject, channel }: DeliveryBatch,
    userIds: readonly number[],
    reason: string,
  ): Promise<void> {
    const now = this.clock.now().getTime();
    await this.transactions.run(
      (tx) => tx.sql`
        UPDATE deliveries SET status = 'failed', error = ${reason}, updated_at = ${now}
        WHERE subject = ${subject} AND channel = ${channel} AND user_id IN (${list(userIds)})`,
    );
  }
}

/** How many drivers did not get it, and for how many of them that is unknown. */
export async function countUndelivered(
  source: Queryable,
  subject: string,
): Promise<{ failed: number; unknown: number }> {
  const [row] = await source.sql<[{ failed: number; unknown: number }]>`
    SELECT COUNT(*) AS failed,
      COALESCE(SUM(CASE WHEN status = 'sending' THEN 1 ELSE 0 END), 0) AS unknown
    FROM deliveries WHERE subject = ${subject} AND status <> 'sent'`;
  return row;
}
