import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { BATCH_ROWS, inBatches } from '../../platform/database/bulk/in-batches.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import { Secret } from '../../platform/secret.js';
import { Clock } from '../../platform/time/clock.js';
import { DAY } from '../../platform/time/durations.js';
import type { Account } from '../accounts/account.entity.js';
import { AccountLink, type LinkPurpose } from './account-link.entity.js';

/**
 * Lifetime, in ms, of a password link that an operator issues, and of the link that is mailed when an
 * operator creates an account. A link that a driver requests expires earlier.
 */
export const OPERATOR_LINK_LIFETIME = DAY;
/** How long a link that confirms an address is valid, in milliseconds. */
export const CONFIRM_LINK_LIFETIME = 30 * DAY;

/** The longest lifetime of the links with each purpose, in milliseconds. */
export const LONGEST_LIFETIMES: Readonly<Record<LinkPurpose, number>> = {
  reset: OPERATOR_LINK_LIFETIME,
  confirm: CONFIRM_LINK_LIFETIME,
};

/** Number of random bytes in a token. */
const TOKEN_BYTES = 32;

/** The page that each link opens. */
const PAGES: Readonly<Record<LinkPurpose, string>> = {
  reset: 'reset-password',
  confirm: 'confirm',
};

export interface NewLink {
  readonly purpose: LinkPurpose;
  /** In milliseconds. */
  readonly lifetime: number;
  /** Whether earlier password links of the account stay valid. */
  readonly keepsOthers?: boolean;
  /** Whether only the reader of the account's mailbox gets the link. */
  readonly isMailed?: boolean;
}

export interface IssuedLink {
  /** Null in a replayed response. */
  readonly url: Secret | null;
  readonly expiresAt: Date;
}

/** The fields of an account to which links are bound ({@link boundTo}). */
export type LinkOwner = Pick<Account, 'id' | 'passwordHash' | 'emailKey'>;

/** Issues and revokes links that are handed over or mailed. Only digests of their tokens are stored. */
@Injectable()
export class AccountLinks {
  constructor(
    private readonly configuration: Configuration,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** Issues a link. A password link replaces the account's earlier ones, unless it keeps them. */
  async issue(tx: Tx, owner: LinkOwner, link: NewLink): Promise<IssuedLink> {
    const { purpose, lifetime, keepsOthers = false, isMailed = false } = link;
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + lifetime);
    if (purpose === 'reset' && !keepsOthers) await revokeLinks(tx, owner.id, 'reset');
    await tx.sql`
      INSERT INTO account_links (digest, purpose, account_id, bound_to, mailed, created_at, expires_at)
      VALUES (${linkDigest(token)}, ${purpose}, ${owner.id}, ${boundTo(purpose, owner)},
        ${isMailed ? 1 : 0}, ${createdAt.getTime()}, ${expiresAt.getTime()})`;
    const url = `${this.configuration.publicUrl}/${PAGES[purpose]}?token=${token}`;
    return { url: new Secret(url), expiresAt };
  }

  /** Deletes links that have expired. */
  async deleteExpired(): Promise<void> {
    const now = this.clock.now().getTime();
    await inBatches(
      this.transactions,
      (tx) => tx.sql`
        DELETE FROM account_links WHERE digest IN (
          SELECT digest FROM account_links WHERE expires_at <= ${now} LIMIT ${BATCH_ROWS})
        RETURNING account_id`,
    );
  }
}

/** Digest under which a link is stored. A token has 256 random bits, so one SHA-256 suffices. */
export function linkDigest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/**
 * Digest of what a link depends on: a password link becomes void when the password or the e-mail
 * changes, any other link when the e-mail changes.
 */
export function boundTo(purpose: LinkPurpose, { passwordHash, emailKey }: LinkOwner): string {
  const parts = purpose === 'reset' ? [passwordHash, emailKey] : [emailKey];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** Revokes the account's links, or only those with the purpose. */
export async function revokeLinks(tx: Tx, accountId: number, purpose?: LinkPurpose): Promise<void> {
  if (purpose === undefined)
    await tx.sql`DELETE FROM account_links WHERE account_id = ${accountId}`;
  else {
    await tx.sql`
      DELETE FROM account_links WHERE account_id = ${accountId} AND purpose = ${purpose}`;
  }
}

/** Keeps password links valid if the same password gets another hash. */
export async function rebindLinks(tx: Tx, before: LinkOwner, passwordHash: string): Promise<void> {
  await tx.update(
    AccountLink,
    { accountId: before.id, purpose: 'reset', boundTo: boundTo('reset', before) },
    { boundTo: boundTo('reset', { ...before, passwordHash }) },
  );
}
