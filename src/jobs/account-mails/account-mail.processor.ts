import { Injectable } from '@nestjs/common';
import { Account } from '../../auth/accounts/account.entity.js';
import { lockAnyAccount } from '../../auth/accounts/locked-account.js';
import { AccountLinks } from '../../auth/links/account-links.js';
import {
  ACCOUNT_MAIL,
  type AccountMailKind,
  type AccountMailPayload,
  MAILED_LINKS,
} from '../../auth/links/account-mails.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Mail } from '../../platform/messaging/mailer.js';
import { loadTemplate } from '../../platform/messaging/templates.js';
import type { DelayedJobHandler, LeasedJob } from '../../platform/queue/delayed/delayed-job.js';
import { BulkMailer } from '../deliveries/bulk-mailer.js';
import { LINK_SUBJECT } from '../deliveries/mail-limits.js';

interface Wording {
  readonly subject: string;
  readonly reason: string;
  readonly action: string;
  readonly validity: string;
}

const IGNORE = 'If you did not request this, ignore this mail: nothing changes.';
const WORDINGS: Readonly<Record<AccountMailKind, Wording>> = {
  reset: {
    subject: 'Set a new password',
    reason: `A new password was requested for your account. ${IGNORE}`,
    action: 'Set a new password',
    validity: 'The link works once, within an hour.',
  },
  welcome: {
    subject: 'Your account',
    reason: 'An operator has created an account for you.',
    action: 'Set your password',
    validity: 'The link works once, within 24 hours.',
  },
  confirm: {
    subject: 'Confirm your e-mail address',
    reason: `This address was given for an account. ${IGNORE}`,
    action: 'Confirm the address',
    validity:
      'The link works once, within 30 days. Until then, this address gets no reminders, reports or exports.',
  },
};

interface AccountMailContext extends Wording {
  readonly username: string;
  readonly url: string;
}

const text = loadTemplate<AccountMailContext>('./account-mail.txt.hbs', import.meta.url);
const html = loadTemplate<AccountMailContext>('./account-mail.html.hbs', import.meta.url);

/** Mails a link to an account, at most once. The link is made when its delivery begins. */
@Injectable()
export class AccountMailProcessor implements DelayedJobHandler {
  readonly kind = ACCOUNT_MAIL;

  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly links: AccountLinks,
    private readonly mails: BulkMailer,
  ) {}

  async run({ id, payload }: LeasedJob, signal: AbortSignal): Promise<void> {
    const { accountId, mail: kind } = payload as unknown as AccountMailPayload;
    if (accountId === null) return;
    const account = await this.database.getRepository(Account).findOneBy({ id: accountId });
    if (!account || account.erasedAt !== null || !isMailable(account, kind)) return;
    const batch = { subject: `${LINK_SUBJECT}${id}`, channel: 'email' } as const;
    const mail = () => this.compose(id, kind, account);
    await this.mails.send(batch, [{ userId: accountId, mail }], signal);
  }

  /** Null if the mail is no longer needed, because the account has changed since the job began. */
  private async compose(id: string, kind: AccountMailKind, before: Account): Promise<Mail | null> {
    const issued = await this.transactions.run(async (tx) => {
      const account = await lockAnyAccount(tx, before.id);
      if (!account || account.emailKey !== before.emailKey || !isMailable(account, kind)) {
        return undefined;
      }
      return { account, link: await this.links.issue(tx, account, MAILED_LINKS[kind]) };
    });
    if (!issued) return null;
    const { account, link } = issued;
    const wording = WORDINGS[kind];
    const context = { ...wording, username: account.username, url: link.url?.reveal() ?? '' };
    return {
      id: `account-mail-${id}`,
      to: account.email,
      subject: wording.subject,
      text: text(context),
      html: html(context),
    };
  }
}

/** Whether the account can use the link, has an address, and, for a confirmation, needs it. */
function isMailable(account: Account, kind: AccountMailKind): boolean {
  const { disabledAt, emailKey, emailConfirmedAt } = account;
  if (disabledAt !== null || emailKey.endsWith('.invalid')) return false;
  return kind !== 'confirm' || emailConfirmedAt === null;
}
