import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal, Role } from '../../platform/principal.js';
import { recordAudit } from '../../platform/audit/audit.js';
import type { AuditedAction } from '../../platform/audit/audited-actions.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { canBeStored, caseFolded } from '../../platform/text.js';
import { Account } from './account.entity.js';
import { ValidationFailed } from '../../platform/errors/coded-error.js';
import { CurrentPasswordWrong, EmailTaken, UsernameTaken } from '../errors.js';
import { CURRENT_HASH_PREFIX } from '../passwords/password-hash.js';
import { type PasswordPriority, Passwords } from '../passwords/passwords.js';

/** Cache tag of values that depend on any account. */
export const ACCOUNTS_TAG = 'accounts';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly priority: PasswordPriority;
}

export interface HashReplacement {
  readonly accountId: number;
  /** The hash that the password was verified with. */
  readonly known: string;
  /** A new hash of the same password. */
  readonly passwordHash: string;
}

@Injectable()
export class AccountsService implements OnModuleInit {
  constructor(
    private readonly database: ReadDatabase,
    private readonly transactions: TransactionRunner,
    private readonly passwords: Passwords,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /**
   * Imported accounts, and those hashed with older parameters, keep their hashes until their next
   * login.
   */
  async onModuleInit(): Promise<void> {
    const known = await this.database.sql<{ passwordHash: string }[]>`
      SELECT password_hash AS "passwordHash" FROM accounts WHERE id IN (
        (SELECT MAX(id) FROM accounts
          WHERE password_hash LIKE 'scrypt:%' OR password_hash LIKE 'pbkdf2:%'),
        (SELECT MAX(id) FROM accounts
          WHERE password_hash LIKE '$argon2id$%' AND password_hash NOT LIKE ${`${CURRENT_HASH_PREFIX}%`}))`;
    for (const { passwordHash } of known) this.passwords.registerLegacyHash(passwordHash);
  }

  /**
   * Creates an account. The creation of an admin is audited.
   * @throws UsernameTaken | EmailTaken if another account has it (case-insensitively)
   */
  async create(role: Role, { username, email, password }: NewAccount): Promise<Account> {
    const passwordHash = await this.passwords.hash(password);
    const now = this.clock.now();
    const account = {
      username,
      usernameKey: caseFolded(username),
      email,
      emailKey: caseFolded(email),
      passwordHash,
      role,
      createdAt: now,
      updatedAt: now,
    };
    const id = await this.transactions.run(async (tx) => {
      const made = await insertAccount(tx, account);
      if (role === 'admin') {
        const after = { username, email, role };
        const action = 'account.created';
        await recordAudit(tx, { at: now, by: 'program', action, targetId: made, after });
      }
      return made;
    });
    await this.cache.invalidate(ACCOUNTS_TAG);
    return { id, ...account };
  }

  /** Creates the configured admin if there is no admin. */
  async ensureAdmin(admin: NewAccount): Promise<void> {
    if (await this.hasAdmin()) return;
    try {
      await this.create('admin', admin);
    } catch (error) {
      // Another program that started at the same moment may have created one.
      if (!(await this.hasAdmin())) throw error;
    }
  }

  /**
   * When the first admin was created, which is when the program was installed; null before that.
   */
  async installedAt(): Promise<Date | null> {
    const [admin] = await this.database
      .getRepository(Account)
      .find({ where: { role: 'admin' }, order: { createdAt: 'ASC' }, take: 1 });
    return admin?.createdAt ?? null;
  }

  async findByName(username: string): Promise<Account | null> {
    if (!canBeStored(username)) return null;
    return this.database.getRepository(Account).findOneBy({ usernameKey: caseFolded(username) });
  }

  /** Whether the account exists and has that password. @throws Overloaded */
  async hasPassword(username: string, password: string): Promise<boolean> {
    const account = await this.findByName(username);
    return this.passwords.matches(password, account?.passwordHash);
  }

  /** The account of a verified token. */
  get(id: number): Promise<Account> {
    return this.database.getRepository(Account).findOneByOrFail({ id });
  }

  /** Stores the new hash, unless the password was changed in the meantime. */
  async replaceHash({ accountId, known, passwordHash }: HashReplacement): Promise<void> {
    await this.transactions.run((tx) =>
      tx.update(Account, { id: accountId, passwordHash: known }, { passwordHash }),
    );
  }

  /**
   * Changes the principal's password and ends every other session of the account. Both outcomes are
   * audited.
   * @throws CurrentPasswordWrong | ValidationFailed if it is the same password, and nothing changes
   */
  async changePassword(principal: Principal, change: PasswordChange): Promise<void> {
    const { id: accountId, sessionId } = principal;
    const { currentPassword, newPassword, priority } = change;
    const { passwordHash: known } = await this.get(accountId);
    if (!(await this.passwords.matches(currentPassword, known, priority))) {
      await this.transactions.run((tx) => this.audit(tx, principal, 'password.change-refused'));
      throw new CurrentPasswordWrong();
    }
    if (newPassword === currentPassword) {
      const message = 'new_password must differ from the current one';
      throw new ValidationFailed([{ field: 'new_password', message }]);
    }
    const passwordHash = await this.passwords.hash(newPassword, priority);
    const changed = await this.transactions.run(async (tx) => {
      const updated = await tx.update(
        Account,
        { id: accountId, passwordHash: known },
        { passwordHash, updatedAt: this.clock.now() },
      );
      if (updated === 0) return false;
      await tx.sql`
        DELETE FROM sessions WHERE account_id = ${accountId} AND id <> ${sessionId}`;
      await this.audit(tx, principal, 'password.changed');
      return true;
    });
    // Another password change, or the rehash of a login, came first: check the password again.
    if (!changed) await this.changePassword(principal, change);
  }

  /** Audits an action of the principal on their own account. */
  private audit(tx: Tx, principal: Principal, action: AuditedAction): Promise<void> {
    return recordAudit(tx, { at: this.clock.now(), by: principal, action, targetId: principal.id });
  }

  private hasAdmin(): Promise<boolean> {
    return this.database.getRepository(Account).existsBy({ role: 'admin' });
  }
}

/** The unique indexes decide; a check before the insert would be a race. */
async function insertAccount(tx: Tx, account: Omit<Account, 'id'>): Promise<number> {
  const { username, usernameKey, email, emailKey, passwordHash, role } = account;
  const rows = await tx.sql<{ id: number }[]>`
    INSERT INTO accounts (username, username_key, email, email_key, password_hash, role, created_at, updated_at)
    VALUES (${username}, ${usernameKey}, ${email}, ${emailKey}, ${passwordHash}, ${role},
      ${account.createdAt.getTime()}, ${account.updatedAt.getTime()})
    ON CONFLICT DO NOTHING RETURNING id`;
  const [row] = rows;
  if (row) return row.id;
  throw (await tx.findOneBy(Account, { usernameKey })) ? new UsernameTaken() : new EmailTaken();
}
