import type { Queryable } from '../../platform/database/queryable.js';
import { PAGE_ROWS, type Pages, pagesOf } from './pages.js';

/** A message to the person; the instant in ms. */
export interface DeliveryRow {
  readonly subject: string;
  readonly channel: string;
  readonly status: string;
  readonly error: string | null;
  readonly updatedAt: number;
}

/** A report as it is stored; the instant in ms. */
export interface ReportRow {
  readonly period: string;
  readonly content: string;
  readonly createdAt: number;
}

/** A response that is kept for its Idempotency-Key; instants in ms. */
export interface RecordRow {
  readonly digest: string;
  readonly outcome: string;
  readonly createdAt: number;
  readonly usedAt: number;
}

/** The person's deliveries, by subject and channel. */
export function deliveryPages(database: Queryable, userId: number): Pages<DeliveryRow> {
  return pagesOf(
    (last) =>
      database.sql<DeliveryRow[]>`
      SELECT subject, channel, status, error, updated_at AS "updatedAt" FROM deliveries
      WHERE user_id = ${userId} AND (subject, channel) > (${last?.subject ?? ''}, ${last?.channel ?? ''})
      ORDER BY subject, channel LIMIT ${PAGE_ROWS}`,
  );
}

/** The person's reports, by period. */
export function reportPages(database: Queryable, userId: number): Pages<ReportRow> {
  return pagesOf(
    (last) =>
      database.sql<ReportRow[]>`
      SELECT period, content, created_at AS "createdAt" FROM reports
      WHERE user_id = ${userId} AND period > ${last?.period ?? ''}
      ORDER BY period LIMIT ${PAGE_ROWS}`,
  );
}

/** Records that were stored after the instant (ms), the most recently used first. */
export function recordPages(
  database: Queryable,
  accountId: number,
  after: number,
): Pages<RecordRow> {
  return pagesOf(
    (last) =>
      database.sql<RecordRow[]>`
      SELECT request_digest AS digest, outcome, created_at AS "createdAt", used_at AS "usedAt"
      FROM idempotency_records
      WHERE account_id = ${accountId} AND created_at > ${after}
        AND (used_at, request_digest) < (${last?.usedAt ?? Number.MAX_SAFE_INTEGER}, ${last?.digest ?? ''})
      ORDER BY used_at DESC, request_digest DESC LIMIT ${PAGE_ROWS}`,
  );
}
