import { Injectable } from '@nestjs/common';
import type { Role } from '../common/actor.js';
import type { Account } from './account.entity.js';
import { AccountsService } from './accounts.service.js';
import { CredentialsWrong } from './errors.js';
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
    const account = await this.accounts.findByName(username);
    const matches = await this.passwords.matches(password, account?.passwordHash);
    if (!account || !matches || account.role !== role) throw new CredentialsWrong();
    return { account, token: await this.tokens.issue(account) };
  }
}
