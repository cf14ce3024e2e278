import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Principal } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { SessionNotFound } from '../errors.js';

/** A session that has not expired; instants in ms. */
export interface ListedSession {
  /** The token's `jti`, which the API does not show. */
  readonly id: string;
  /** The id that the API shows. */
  readonly number: number;
  readonly createdAt: number | null;
  readonly lastUsedAt: number;
  readonly address: string | null;
  readonly client: string | null;
}

/** Lists the sessions of an account and ends them, on every instance at once. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** The account's sessions by id, at most 20. */
  async list(accountId: number): Promise<ListedSession[]> {
    const rows = await this.database.sql<ListedSession[]>`
      SELECT id, number, created_at AS "createdAt", last_used_at AS "lastUsedAt", address, client
      FROM sessions WHERE account_id = ${accountId} AND expires_at > ${this.clock.now().getTime()}`;
    return rows.toSorted((one, other) => one.number - other.number);
  }

  /** Ends one session of the principal, which may be the current one. @throws SessionNotFound */
  async end(principal: Principal, number: number): Promise<void> {
    await this.transactions.run(async (tx) => {
      const ended = await tx.sql<{ number: number }[]>`
        DELETE FROM sessions WHERE account_id = ${principal.id} AND number = ${number}
        RETURNING number`;
      if (ended.length === 0) throw new SessionNotFound(number);
      await recordAudit(tx, this.ended(principal, [number]));
    });
  }

  /** Ends every session of the principal except the current one. */
  async endOthers(principal: Principal): Promise<void> {
    await this.transactions.run(async (tx) => {
      const ended = await tx.sql<{ number: number }[]>`
        DELETE FROM sessions WHERE account_id = ${principal.id} AND id <> ${principal.sessionId}
        RETURNING number`;
      if (ended.length === 0) return;
      const numbers = ended.map(({ number }) => number).toSorted((one, other) => one - other);
      await recordAudit(tx, this.ended(principal, numbers));
    });
  }

  private ended(by: Principal, sessions: readonly number[]) {
    const action = 'session.ended' as const;
    return { at: this.clock.now(), by, action, targetId: by.id, before: { sessions } };
  }
}
