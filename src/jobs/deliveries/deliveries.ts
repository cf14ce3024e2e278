import { Injectable } from '@nestjs/common';
import { LOCKED } from '../../auth/passwords/password-hash.js';
import { Clock } from '../../platform/time/clock.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { rowLock } from '../../platform/database/locks/row-lock.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { list } from '../../platform/database/sql/sql.js';
import { listLimited, WITHHELD } from './mail-limits.js';

export type Channel = 'chat' | 'email';

/** One message to many recipients over one channel. */
export interface DeliveryBatch {
  /** Identifies the message: `export 8d5ff0c7-…`, or a scheduled job and its period. */
  readonly subject: string;
  readonly channel: Channel;
  /** The run whose `processed` counts the deliveries. */
  readonly runId?: number;
}

/** Ids of drivers. */
interface Begun {
  readonly begun: readonly number[];
  /** Drivers whose accounts have received as many mails as their limit allows. */
  readonly withheld: readonly number[];
}

/**
 * SQL condition for accounts that the channel can reach: no locked or disabled ones and, for mail, only
 * confirmed addresses that are not placeholders (RFC 2606 reserves `.invalid`).
 */
export function reachableAccountsSql(channel: Channel): string {
  const isOpen = `accounts.password_hash <> '${LOCKED}' AND accounts.disabled_at IS NULL`;
  if (channel === 'chat') return isOpen;
  return `${isOpen} AND accounts.email_key NOT LIKE '%.invalid'
    AND accounts.email_confirmed_at IS NOT NULL`;
}

/**
 * Stores the deliveries: one row per subject, channel and driver, written before the message is sent.
 * A row that a crash left as `sending` is never sent again, because its message may have arrived
 * (docs/decisions/at-most-once.md).
 */
@Injectable()
export class Deliveries {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a delivery to each driver who has no delivery or a failed one. Mails beyond an account's
   * limit are stored as failed instead.
   */
  async begin({ subject, channel }: DeliveryBatch, userIds: readonly number[]): Promise<Begun> {
    const now = this.clock.now().getTime();
    return this.transactions.run(async (tx) => {
      const withheld = channel === 'email' ? await listLimited(tx, { subject, userIds, now }) : [];
      const allowed = userIds.filter((id) => !withheld.includes(id));
      const store = async (ids: readonly number[], status: 'sending' | 'failed') => {
        if (ids.length === 0) return [];
        const error = status === 'failed' ? WITHHELD : null;
        const rows = await tx.sql<{ userId: number }[]>`
          INSERT INTO deliveries (subject, channel, user_id, status, error, updated_at)
          SELECT ${subject}, ${channel}, id, ${status}, ${error}, ${now} FROM accounts
          WHERE id IN (${list(ids)}) AND erased_at IS NULL ${rowLock(tx, 'FOR KEY SHARE')}
          ON CONFLICT (subject, channel, user_id) DO UPDATE
            SET status = excluded.status, error = excluded.error, updated_at = excluded.updated_at
            WHERE deliveries.status = 'failed'
          RETURNING user_id AS "userId"`;
        return rows.map(({ userId }) => userId);
      };
      return {
        begun: await store(allowed, 'sending'),
        withheld: await store(withheld, 'failed'),
      };
    });
  }

  /** Marks begun deliveries as sent. */
  async markSent(
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

  /** Marks begun deliveries that certainly did not arrive as failed. They can begin again. */
  async markFailed(
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

interface Undelivered {
  /** Deliveries that are not sent, for any reason. */
  readonly failed: number;
  /** Deliveries with an unknown outcome. */
  readonly unknown: number;
  /** Deliveries that a limit of mails withholds. */
  readonly withheld: number;
}

export async function countUndelivered(database: Queryable, subject: string): Promise<Undelivered> {
  const [row] = await database.sql<[Undelivered]>`
    SELECT COUNT(*) AS failed,
      COALESCE(SUM(CASE WHEN status = 'sending' THEN 1 ELSE 0 END), 0) AS unknown,
      COALESCE(SUM(CASE WHEN error = ${WITHHELD} THEN 1 ELSE 0 END), 0) AS withheld
    FROM deliveries WHERE subject = ${subject} AND status <> 'sent'`;
  return row;
}

export async function countDelivered(database: Queryable, subject: string): Promise<number> {
  const [row] = await database.sql<[{ delivered: number }]>`
    SELECT COUNT(*) AS delivered FROM deliveries WHERE subject = ${subject} AND status = 'sent'`;
  return row.delivered;
}
