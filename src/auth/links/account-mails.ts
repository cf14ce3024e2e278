import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import type { Tx } from '../../platform/database/tx.js';
import type { DelayedJob } from '../../platform/queue/delayed/insert-job.js';
import { JobQueue } from '../../platform/queue/delayed/job-queue.js';
import { type JobKind, THREE_ATTEMPTS } from '../../platform/queue/job-kind.js';
import { Clock } from '../../platform/time/clock.js';
import { HOUR } from '../../platform/time/durations.js';
import { CONFIRM_LINK_LIFETIME, type NewLink, OPERATOR_LINK_LIFETIME } from './account-links.js';

/** Mails a link to an account. The job has only the account's id: the link is made when the mail is sent. */
export const ACCOUNT_MAIL: JobKind = { name: 'account-mail', retry: THREE_ATTEMPTS };

/** The link in each kind of mail. `welcome`: an operator has created the account without a password. */
export const MAILED_LINKS = {
  reset: { purpose: 'reset', lifetime: HOUR, isMailed: true },
  // The operator has another link for the same account, which must stay valid.
  welcome: {
    purpose: 'reset',
    lifetime: OPERATOR_LINK_LIFETIME,
    keepsOthers: true,
    isMailed: true,
  },
  confirm: { purpose: 'confirm', lifetime: CONFIRM_LINK_LIFETIME, isMailed: true },
} as const satisfies Record<string, NewLink>;

export type AccountMailKind = keyof typeof MAILED_LINKS;

/** The payload of a job. */
export interface AccountMailPayload {
  readonly v: 1;
  /** Null for an unknown address: nothing is sent, but the job costs as much as any other. */
  readonly accountId: number | null;
  readonly mail: AccountMailKind;
}

/**
 * The job that mails the link as soon as possible. An account has one confirmation job at a time, even
 * if the account logs in before the job of its registration has run.
 */
export function accountMailJob(
  accountId: number | null,
  mail: AccountMailKind,
  now: Date,
): DelayedJob {
  const payload: AccountMailPayload = { v: 1, accountId, mail };
  const key = mail === 'confirm' ? `confirm ${accountId}` : undefined;
  return { kind: ACCOUNT_MAIL, key, payload: { ...payload }, runAt: now };
}

/** Schedules mails with links, in the transaction of the change that they follow. */
@Injectable()
export class AccountMails {
  constructor(
    private readonly configuration: Configuration,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Whether a mail server is configured. */
  get isConfigured(): boolean {
    return this.configuration.smtpUrl !== undefined;
  }

  /** Does nothing without a mail server. */
  async schedule(tx: Tx, accountId: number | null, mail: AccountMailKind): Promise<void> {
    if (!this.isConfigured) return;
    await this.queue.schedule(tx, accountMailJob(accountId, mail, this.clock.now()));
  }
}
