import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { ListedSession } from '../../auth/sessions/sessions.service.js';

/** A login that has not ended. */
export class SessionDto {
  /** @example 7 */
  @ApiInteger()
  id: number;

  /** When the session began; null if an earlier version of the program began it. @example '2026-03-01T09:30:00.000Z' */
  created_at: Date | null;

  /** Exact to the hour: a use within an hour of the last stored one is not stored. @example '2026-03-01T11:00:00.000Z' */
  last_used_at: Date;

  /** IP address of the login; null if an earlier version of the program began the session. @example '203.0.113.7' */
  address: string | null;

  /** The beginning of the `User-Agent` of the login; null if none was stored. @example 'Mozilla/5.0 (X11; Linux x86_64)' */
  client: string | null;
}

export class OwnSessionDto extends SessionDto {
  /** Whether the request itself belongs to this session. @example true */
  current: boolean;
}

export function mapSession(row: ListedSession): SessionDto {
  return {
    id: row.number,
    created_at: row.createdAt === null ? null : new Date(row.createdAt),
    last_used_at: new Date(row.lastUsedAt),
    address: row.address,
    client: row.client,
  };
}

export function mapOwnSession(row: ListedSession, currentId: string): OwnSessionDto {
  return { ...mapSession(row), current: row.id === currentId };
}
