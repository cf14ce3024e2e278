import { Injectable } from '@nestjs/common';
import type { Role } from '../common/actor.js';
import { Overloaded } from '../common/problems/coded-error.js';
import type { Account } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { CredentialsWrong } from './errors.js';
import { needsRehash } from './password-hash.js';
import { Passwords } from './passwords.js';
import { TokensService } from './tokens.service.js';

export interface SignIn {
  readonly account: Account;
  readonly token: string;
}

@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: Passwords,
    private readonly tokens: TokensService,
  ) {}

  /**
   * Logs an account of the role in. Takes as long for an unknown name as for a wrong password.
   * @throws CredentialsWrong where name, password or role do not fit together.
   */
  async signIn(role: Role, username: string, password: string): Promise<SignIn> {
    const account = await this.findMatch(role, username, password);
    const signIn = await this.open(account).catch(async (error: unknown) => {
      if (!(error instanceof CredentialsWrong)) throw error;
      // The hash was replaced meanwhile. By a login's rehash: the password still matches.
      return this.open(await this.findMatch(role, username, password));
    });
    if (needsRehash(signIn.account.passwordHash)) await this.rehash(signIn.account, password);
    return signIn;
  }

  private async open(account: Account): Promise<SignIn> {
    return { account, token: await this.tokens.issue(account) };
  }

  private async findMatch(role: Role, username: string, password: string): Promise<Account> {
    const account = await this.accounts.findByName(username);
    const known = account?.role === role ? account.passwordHash : undefined;
    const matches = await this.passwords.matches(password, known);
    if (!account || !matches) throw new CredentialsWrong();
    return account;
  }

  /** After the token is out. Under overload it is left to the next login. */
  private async rehash({ id, passwordHash: known }: Account, password: string): Promise<void> {
    try {
      const passwordHash = await this.passwords.hash(password);
      await this.accounts.replaceHash({ accountId: id, known, passwordHash });
    } catch (error) {
      if (!(error instanceof Overloaded)) throw error;
    }
  }
}
