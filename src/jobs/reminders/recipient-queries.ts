import type { Queryable } from '../../platform/database/queryable.js';
import { reachableAccountsSql, type DeliveryBatch } from '../deliveries/deliveries.js';
import { DAY } from '../../platform/time/durations.js';
import { part, raw } from '../../platform/database/sql/sql.js';

/** A driver is reminded if the last booking began longer ago than this, in milliseconds (docs/contract.md). */
const INACTIVE_FOR = 7 * DAY;
/** A driver is reminded of a reservation that starts within this time, in milliseconds. */
const UPCOMING_WITHIN = DAY;

/** Why a driver is reminded: has never booked, has no recent booking, or is still parked. */
export type Inactivity = 'new' | 'away' | 'parked';

export interface Recipient {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly emailKey: string;
  /** Null for a driver who has booked recently, and is only reminded of a booking ahead. */
  readonly inactivity: Inactivity | null;
  /** Start of the first reservation within a day, in ms; null if there is none. */
  readonly upcomingFrom: number | null;
}

interface Selection {
  readonly batch: DeliveryBatch;
  readonly now: Date;
  /** Only drivers with a greater id. */
  readonly afterId: number;
  readonly limit: number;
}

/**
 * Drivers, by id, who have no booking that began within seven days, or have a reservation that starts
 * within a day. Excludes drivers who have received this reminder already, unless its delivery failed.
 */
export function listRecipients(database: Queryable, selection: Selection): Promise<Recipient[]> {
  const { batch, now, afterId, limit } = selection;
  const upcoming = part`(
    SELECT MIN(reserved_from) FROM reservations
    WHERE user_id = accounts.id AND status = 'reserved' AND lapses_at > ${now.getTime()}
      AND reserved_from <= ${now.getTime() + UPCOMING_WITHIN})`;
  const recent = part`EXISTS (
    SELECT 1 FROM reservations
    WHERE user_id = accounts.id AND parked_at >= ${now.getTime() - INACTIVE_FOR}
      AND status IN ('active', 'completed'))`;
  return database.sql<Recipient[]>`
    SELECT id, username, email, email_key AS "emailKey", ${upcoming} AS "upcomingFrom", CASE
      WHEN ${recent} THEN NULL
      WHEN EXISTS (SELECT 1 FROM reservations WHERE user_id = accounts.id AND left_at IS NULL)
        THEN 'parked'
      WHEN EXISTS (
        SELECT 1 FROM reservations WHERE user_id = accounts.id AND status = 'completed') THEN 'away'
      ELSE 'new' END AS inactivity
    FROM accounts
    WHERE role = 'user' AND id > ${afterId} AND ${raw(reachableAccountsSql(batch.channel))}
      ${raw(batch.channel === 'email' ? 'AND unsubscribed_at IS NULL' : '')}
      AND (NOT ${recent} OR ${upcoming} IS NOT NULL)
      AND NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE subject = ${batch.subject} AND channel = ${batch.channel}
          AND user_id = accounts.id AND status <> 'failed')
    ORDER BY id LIMIT ${limit}`;
}
