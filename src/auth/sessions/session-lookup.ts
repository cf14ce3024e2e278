import { LRUCache } from 'lru-cache';
import type { WriteDatabase } from '../../platform/database/data-sources.js';
import type { ReadDatabase } from '../../platform/database/read-database.js';
import { RowChanges } from '../../platform/database/sqlite/row-changes.js';
import type { Role } from '../../platform/principal.js';

/** A live session with its account. */
export interface SessionRow {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  /** In milliseconds, like {@link createdAt}. */
  lastUsedAt: number;
  /** Null if an earlier version of the program started the session. */
  readonly createdAt: number | null;
}

/** Maximum number of sessions in memory, less than 1 KiB each. */
const MAX_CACHED = 10_000;

/**
 * Finds the session of a token. On PostgreSQL each request reads it, because another instance may
 * have ended it. A SQLite database has one server process, so sessions are kept in memory until one
 * ends or an account changes, in this process or by a command-line program. This saves 20 % of the
 * CPU time of a cached response (docs/performance.md).
 */
export class SessionLookup {
  private readonly known = new LRUCache<string, SessionRow>({ max: MAX_CACHED });
  private readonly changes: RowChanges | undefined;
  private version: number | undefined;

  /** @param writer undefined on PostgreSQL */
  constructor(
    private readonly database: ReadDatabase,
    writer: WriteDatabase | undefined,
  ) {
    this.changes =
      writer &&
      new RowChanges(writer, [
        'DELETE ON sessions',
        'UPDATE OF created_at ON sessions',
        'UPDATE OF username, role, disabled_at ON accounts',
      ]);
  }

  /** Undefined if the session has ended or its account is disabled. @param expiresAt when its token expires, in ms */
  async find(id: string, expiresAt: number): Promise<SessionRow | undefined> {
    const version = this.changes?.version();
    if (version !== this.version) {
      this.known.clear();
      this.version = version;
    }
    const key = `${expiresAt} ${id}`;
    const known = this.known.get(key);
    if (known) return known;
    const [session] = await this.database.sql<SessionRow[]>`
      SELECT accounts.id, accounts.username, accounts.role, sessions.last_used_at AS "lastUsedAt",
        sessions.created_at AS "createdAt"
      FROM sessions JOIN accounts ON accounts.id = sessions.account_id
      WHERE sessions.id = ${id} AND expires_at = ${expiresAt} AND disabled_at IS NULL`;
    // If the version has changed meanwhile, the session may be outdated, so it is not kept.
    if (session && version !== undefined && version === this.changes?.version()) {
      this.known.set(key, session);
    }
    return session;
  }
}
