import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { Role } from '../../platform/principal.js';
import { recordAudit } from '../../platform/audit/audit.js';
import type { Tx } from '../../platform/database/tx.js';
import { invalidateAfter } from '../../platform/cache/invalidate-after.js';
import { TaggedCache } from '../../platform/cache/tagged-cache.js';
import { Clock } from '../../platform/time/clock.js';
import { ReadDatabase } from '../../platform/database/read-database.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { canBeStored, caseFolded } from '../../platform/text.js';
import { Account } from './account.entity.js';
import { insertAccount, newAccount } from './insert-account.js';
import { TokenRevoked } from '../errors.js';
import { rebindLinks } from '../links/account-links.js';
import { CURRENT_HASH_PREFIX } from '../passwords/password-hash.js';
import { Passwords } from '../passwords/passwords.js';

/** Cache tag of values that depend on any account. */
export const ACCOUNTS_TAG = 'accounts';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export interface HashReplacement {
  readonly accountId: number;
  /** The hash against which the password was verified. */
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
   * Registers the older kinds of hashes that are stored: imported accounts, and accounts whose
   * passwords were hashed with older parameters, keep their hashes until their next login.
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
   * Creates an account.
   * @param follow runs in the same transaction; it must write the audit entry
   * @throws UsernameTaken | EmailTaken if another account has the name or address (case-insensitively)
   */
  async create(
    role: Role,
    { username, email, password }: NewAccount,
    follow: (tx: Tx, account: Account) => Promise<void>,
  ): Promise<Account> {
    const passwordHash = await this.passwords.hash(password);
    const account = newAccount({ username, email, passwordHash, role }, this.clock.now());
    const created = this.transactions.run(async (tx) => {
      const id = await insertAccount(tx, account);
      await follow(tx, { id, ...account });
      return { id, ...account };
    });
    return invalidateAfter(created, this.cache, [ACCOUNTS_TAG]);
  }

  /** Creates the configured admin if there is no admin. */
  async ensureAdmin(admin: NewAccount): Promise<void> {
    if (await this.hasAdmin()) return;
    try {
      await this.create('admin', admin, (tx, { id, username, email, role, createdAt }) =>
        recordAudit(tx, {
          at: createdAt,
          by: 'program',
          action: 'account.created',
          targetId: id,
          after: { username, email, role },
        }),
      );
    } catch (error) {
      // Another program that started at the same moment may have created an admin.
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

  /** The account of a verified token. @throws TokenRevoked if it was erased in the meantime */
  async get(id: number): Promise<Account> {
    const account = await this.database
      .getRepository(Account)
      .findOneBy({ id, erasedAt: IsNull() });
    if (!account) throw new TokenRevoked();
    return account;
  }

  /** Stores the new hash, unless the password was changed in the meantime. */
  async replaceHash({ accountId: id, known, passwordHash }: HashReplacement): Promise<void> {
    await this.transactions.run(async (tx) => {
      const replaced = await tx.update(Account, { id, passwordHash: known }, { passwordHash });
      const account = await tx.findOneBy(Account, { id });
      if (replaced === 0 || !account) return;
      await rebindLinks(tx, { ...account, passwordHash: known }, passwordHash);
    });
  }

  private hasAdmin(): Promise<boolean> {
    return this.database.getRepository(Account).existsBy({ role: 'admin' });
  }
}
