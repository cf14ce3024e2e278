import type { Queryable } from '../../platform/database/queryable.js';
import { reachableAccountsSql, type DeliveryBatch } from '../deliveries/deliveries.js';
import { raw } from '../../platform/database/sql.js';

/** Seven days, in milliseconds: who has booked since is not reminded (contract). */
const SILENCE = 7 * 86_400_000;

export interface Recipient {
  readonly id: number;
  readonly username: string;
  readonly email: string;
}

interface Selection {
  readonly batch: DeliveryBatch;
  readonly now: Date;
  /** Only drivers with a greater id. */
  readonly afterId: number;
  readonly limit: number;
}

/** Drivers, by id, whose last booking began more than seven days ago or who never booked, and who
 * have not got this reminder. */
export function listRecipients(source: Queryable, selection: Selection): Promise<Recipient[]> {
  const { batch, now, afterId, limit } = selection;
  return source.sql<Recipient[]>`
    SELECT id, username, email FROM accounts
    WHERE role = 'user' AND id > ${afterId} AND ${raw(reachableAccountsSql(batch.channel))}
      AND NOT EXISTS (
        SELECT 1 FROM reservations
        WHERE user_id = accounts.id AND parked_at >= ${now.getTime() - SILENCE})
      AND NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE subject = ${batch.subject} AND channel = ${batch.channel}
          AND user_id = accounts.id AND status <> 'failed')
    ORDER BY id LIMIT ${limit}`;
}
