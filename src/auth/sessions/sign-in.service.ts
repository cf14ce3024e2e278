import { Injectable } from '@nestjs/common';
import type { ClientInfo, Role } from '../../platform/principal.js';
import { recordAudit } from '../../platform/audit/audit.js';
import { currentActors } from '../../platform/audit/current-actors.js';
import { Clock } from '../../platform/time/clock.js';
import { TransactionRunner } from '../../platform/database/transaction-runner.js';
import { Overloaded } from '../../platform/errors/coded-error.js';
import type { Account } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { CredentialsWrong } from '../errors.js';
import { EmailConfirmations } from '../links/email-confirmations.js';
import { needsRehash } from '../passwords/password-hash.js';
import { type PasswordPriority, Passwords } from '../passwords/passwords.js';
import { TokensService } from './tokens.service.js';

/** Matches no account, because no username contains a space. */
const UNUSABLE_USERNAME = ' ';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface SignIn {
  readonly account: Account;
  readonly token: string;
}

export interface SignInContext {
  readonly client: ClientInfo;
  readonly priority: PasswordPriority;
}

@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: Passwords,
    private readonly tokens: TokensService,
    private readonly confirmations: EmailConfirmations,
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
  ) {}

  /**
   * Logs in an account that has the role. Takes equally long for an unknown name and for a wrong
   * password.
   * @throws CredentialsWrong if name, password or role do not match; the failure is audited
   */
  async signIn(
    role: Role,
    credentials: Credentials,
    { client, priority }: SignInContext,
  ): Promise<SignIn> {
    try {
      return await this.attempt(role, credentials, { client, priority });
    } catch (error) {
      if (error instanceof CredentialsWrong) await this.recordFailure(credentials, client);
      throw error;
    }
  }

  private async attempt(
    role: Role,
    credentials: Credentials,
    { client, priority }: SignInContext,
  ): Promise<SignIn> {
    const account = await this.authenticate(role, credentials, priority);
    const signIn = await this.startSession(account, client).catch(async (error: unknown) => {
      if (!(error instanceof CredentialsWrong)) throw error;
      // The hash was replaced in the meantime. If a login's rehash did that, the password still matches.
      return this.startSession(await this.authenticate(role, credentials, priority), client);
    });
    if (needsRehash(signIn.account.passwordHash)) {
      await this.rehash(signIn.account, credentials.password);
    }
    await this.confirmations.mailMissingLink(signIn.account);
    return signIn;
  }

  private async startSession(account: Account, client: ClientInfo): Promise<SignIn> {
    return { account, token: await this.tokens.issue(account, client) };
  }

  private async authenticate(
    role: Role,
    { username, password }: Credentials,
    priority: PasswordPriority,
  ): Promise<Account> {
    const account = await this.accounts.findByName(username);
    // A disabled account is refused like an unknown one, in the same time.
    const canLogIn = account?.role === role && account.disabledAt === null;
    const known = canLogIn ? account.passwordHash : undefined;
    const matches = await this.passwords.matches(password, known, priority);
    if (!account || !matches) throw new CredentialsWrong();
    return account;
  }

  /**
   * Does the same work whether the account exists or not. An unknown name is not stored: people
   * sometimes type their password into the name field.
   */
  private async recordFailure({ username: tried }: Credentials, client: ClientInfo): Promise<void> {
    const account = await this.accounts.findByName(tried);
    const entry = {
      at: this.clock.now(),
      by: { ...client, username: account?.username },
      action: 'login.failed',
      targetId: account?.id,
    } as const;
    await this.transactions.run(async (tx) => {
      // recordAudit does this for a known name; an unknown name must take equally long.
      if (!account) await currentActors(tx, [UNUSABLE_USERNAME]);
      await recordAudit(tx, entry);
    });
  }

  /** Stores a current hash after the token is issued. Under overload, the next login stores it. */
  private async rehash({ id, passwordHash: known }: Account, password: string): Promise<void> {
    try {
      const passwordHash = await this.passwords.hash(password);
      await this.accounts.replaceHash({ accountId: id, known, passwordHash });
    } catch (error) {
      if (!(error instanceof Overloaded)) throw error;
    }
  }
}
