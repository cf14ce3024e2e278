import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit.js';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import type { Principal, Role } from '../../platform/principal.js';
import { Clock } from '../../platform/time/clock.js';
import { OwnAccount } from '../errors.js';
import { AccountLinks, type IssuedLink, OPERATOR_LINK_LIFETIME } from '../links/account-links.js';
import { AccountMails } from '../links/account-mails.js';
import { LOCKED } from '../passwords/password-hash.js';
import { type PasswordPriority, Passwords } from '../passwords/passwords.js';
import { type AccountChanges, changeAccount } from './account-changes.js';
import { type AccountView, accountView } from './account-view.js';
import { ACCOUNTS_TAG } from './accounts.service.js';
import { AdminPasswordRule } from '../passwords/admin-password-rule.js';
import { insertAccount, newAccount } from './insert-account.js';
import { type AccountReference, assertOtherAdmin, lockAccount } from './locked-account.js';

export interface AccountToCreate {
  readonly role: Role;
  readonly username: string;
  readonly email: string;
  /** Without a password, the account gets a link to set one. */
  readonly password?: string;
}

export interface CreatedAccount {
  readonly account: AccountView;
  /** Null if the account was created with a password. */
  readonly link: IssuedLink | null;
}

/** The highest priority: hashes that operators request do not wait for drivers' logins. */
const PRIORITY: PasswordPriority = 3;

/** Lets operators create and change accounts of drivers and of other operators; each change is audited. */
@Injectable()
export class AccountAdministration {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly passwords: Passwords,
    private readonly adminPasswords: AdminPasswordRule,
    private readonly links: AccountLinks,
    private readonly mails: AccountMails,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** @throws UsernameTaken | EmailTaken | Overloaded | ValidationFailed if an admin's password is common */
  async create(
    transactions: TransactionRunner,
    toCreate: AccountToCreate,
    by: Principal,
  ): Promise<CreatedAccount> {
    const { role, username, email, password } = toCreate;
    if (role === 'admin') this.adminPasswords.assertUncommon('password', password, username);
    const passwordHash =
      password === undefined ? LOCKED : await this.passwords.hash(password, PRIORITY);
    const created = transactions.run(async (tx) => {
      const at = this.clock.now();
      const fields = newAccount({ role, username, email, passwordHash }, at);
      const account = { id: await insertAccount(tx, fields), ...fields };
      const about = { at, by, targetId: account.id };
      const after = { username, email, role };
      await recordAudit(tx, { ...about, action: 'account.created', after });
      const lifetime = OPERATOR_LINK_LIFETIME;
      const link =
        password === undefined
          ? await this.links.issue(tx, account, { purpose: 'reset', lifetime })
          : null;
      // A new address gets only one mail, because the password link also confirms the address.
      await this.mails.schedule(tx, account.id, link ? 'welcome' : 'confirm');
      return { account: accountView(account), link };
    });
    return invalidateAfter(created, this.cache, [ACCOUNTS_TAG]);
  }

  /**
   * Changes the given fields. Disabling ends every session; a new e-mail is unconfirmed and revokes the
   * account's links.
   * @throws AccountNotFound | OwnAccount | LastAdmin | EmailTaken
   */
  async change(
    reference: AccountReference,
    changes: AccountChanges,
    by: Principal,
  ): Promise<AccountView> {
    const isOwn = reference.id === by.id && reference.role === by.role;
    if (changes.disabled && isOwn) throw new OwnAccount();
    return this.transactions.run(async (tx) => {
      if (changes.disabled && reference.role === 'admin') await assertOtherAdmin(tx, reference.id);
      const account = await lockAccount(tx, reference);
      const changed = await changeAccount(tx, account, { changes, by, at: this.clock.now() });
      if (changed.emailKey !== account.emailKey) {
        await this.mails.schedule(tx, reference.id, 'confirm');
      }
      return accountView(changed);
    });
  }

  /**
   * Issues a link with which the account's owner sets a new password. The current password stays valid
   * until then. @throws AccountNotFound
   */
  issuePasswordLink(
    transactions: TransactionRunner,
    reference: AccountReference,
    by: Principal,
  ): Promise<IssuedLink> {
    return transactions.run(async (tx) => {
      const account = await lockAccount(tx, reference);
      const lifetime = OPERATOR_LINK_LIFETIME;
      const link = await this.links.issue(tx, account, { purpose: 'reset', lifetime });
      const about = { at: this.clock.now(), by, targetId: reference.id };
      await recordAudit(tx, { ...about, action: 'password-link.issued' });
      return link;
    });
  }
}
