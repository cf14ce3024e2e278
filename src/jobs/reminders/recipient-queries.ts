import type { Queryable } from '../../platform/database/queryable.js';
import { reachableAccountsSql, type DeliveryBatch } from '../deliveries/deliveries.js';
import { DAY } from '../../platform/time/durations.js';
import { raw } from '../../platform/database/sql.js';

/** A driver is reminded if the last booking is older, in milliseconds (docs/contract.md). */
const INACTIVE_FOR = 7 * DAY;

/** Why a driver is reminded: without any booking yet, with a last one that ended, or still parked. */
export type Inactivity = 'new' | 'away' | 'parked';

export interface Recipient {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly inactivity: Inactivity;
}

interface Selection {
  readonly batch: DeliveryBatch;
  readonly now: Date;
  /** Only drivers with a greater id. */
  readonly afterId: number;
  readonly limit: number;
}

/**
 * Drivers, by id, without a booking that began within seven days and without this reminder, unless
 * its delivery failed.
 */
export function listRecipients(database: Queryable, selection: Selection): Promise<Recipient[]> {
  const { batch, now, afterId, limit } = selection;
  return database.sql<Recipient[]>`
    SELECT id, username, email, CASE
      WHEN EXISTS (SELECT 1 FROM reservations WHERE user_id = accounts.id AND left_at IS NULL)
        THEN 'parked'
      WHEN EXISTS (SELECT 1 FROM reservations WHERE user_id = accounts.id) THEN 'away'
      ELSE 'new' END AS inactivity
    FROM accounts
    WHERE role = 'user' AND id > ${afterId} AND ${raw(reachableAccountsSql(batch.channel))}
      AND NOT EXISTS (
        SELECT 1 FROM reservations
        WHERE user_id = accounts.id AND parked_at >= ${now.getTime() - INACTIVE_FOR})
      AND NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE subject = ${batch.subject} AND channel = ${batch.channel}
          AND user_id = accounts.id AND status <> 'failed')
    ORDER BY id LIMIT ${limit}`;
}
