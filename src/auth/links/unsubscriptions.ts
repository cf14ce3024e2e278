import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { Configuration } from '../../platform/config/configuration.js';
import { loadOrCreateTokenSecret } from '../../platform/config/token-secret.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Tx } from '../../platform/database/tx.js';
import type { ClientInfo } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { Account } from '../accounts/account.entity.js';
import { LinkGone } from '../errors.js';

/** Account id and signature. */
const TOKEN = /^(\d{1,15})-([\w-]{43})$/;

/**
 * Ends reminders by the link in each reminder. The token is signed instead of stored, because the
 * links in old mails must work too.
 */
@Injectable()
export class Unsubscriptions {
  private secret: string | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /** The address of the page; a `POST` to it unsubscribes without further confirmation (RFC 8058). */
  urlFor(account: Pick<Account, 'id' | 'emailKey'>): string {
    const token = `${account.id}-${this.sign(account).toString('base64url')}`;
    return `${this.configuration.publicUrl}/unsubscribe?token=${token}`;
  }

  /** The id of the link's account, or undefined if the link cannot be used. */
  async findAccountId(token: string): Promise<number | undefined> {
    return this.transactions.run(async (tx) => (await this.findAccount(tx, token))?.id);
  }

  /** Checks that the link can be used, without using it. @throws LinkGone */
  async check(token: string): Promise<void> {
    if ((await this.findAccountId(token)) === undefined) throw new LinkGone();
  }

  /** Ends the account's reminders; a repeated call changes nothing. @throws LinkGone */
  async unsubscribe(token: string, client: ClientInfo): Promise<void> {
    const now = this.clock.now();
    await this.transactions.run(async (tx) => {
      const account = await this.findAccount(tx, token);
      if (!account) throw new LinkGone();
      const { id, username } = account;
      if (account.unsubscribedAt !== null) return;
      await tx.update(Account, { id }, { unsubscribedAt: now, updatedAt: now });
      const by = { ...client, id, username };
      await recordAudit(tx, { at: now, by, action: 'reminders.ended', targetId: id });
    });
  }

  private async findAccount(tx: Tx, token: string): Promise<Account | undefined> {
    const [, id, signature] = TOKEN.exec(token) ?? [];
    if (id === undefined || signature === undefined) return undefined;
    const account = await tx.findOneBy(Account, { id: Number(id) });
    if (!account || account.erasedAt !== null) return undefined;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.sign(account);
    return given.length === expected.length && timingSafeEqual(given, expected)
      ? account
      : undefined;
  }

  /** Includes the e-mail address, so that a new address of the account invalidates earlier links. */
  private sign({ id, emailKey }: Pick<Account, 'id' | 'emailKey'>): Buffer {
    const { jwtSecret, dataDirectory } = this.configuration;
    this.secret ??= jwtSecret ?? loadOrCreateTokenSecret(dataDirectory);
    return createHmac('sha256', this.secret).update(`unsubscribe ${id} ${emailKey}`).digest();
  }
}
