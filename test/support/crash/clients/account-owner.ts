import type { HttpClient } from '../../http/clients/http-client.js';
import type { Snapshot } from '../snapshot.js';
import { send, type Findings, type CrashWorkload } from '../workload.js';

type UnconfirmedRequest =
  | { readonly what: 'registration' | 'logout' }
  | { readonly what: 'password'; readonly next: string };

/** The current account. */
interface SignedInAccount {
  readonly username: string;
  password: string;
  /** Tokens that must be valid, the newest one last. */
  valid: string[];
  /** Tokens that must be revoked. */
  revoked: string[];
}

/** Registers, logs in twice, changes the password, logs out; then repeats with another name. */
export class AccountOwner implements CrashWorkload {
  private readonly registered = new Set<string>();
  private account: SignedInAccount | undefined;
  private unconfirmed: UnconfirmedRequest | undefined;
  private steps = 0;

  constructor(private readonly name: string) {}

  async run(http: HttpClient): Promise<never> {
    for (;;) {
      this.steps += 1;
      const account = await this.register(http, `${this.name}-${this.steps}`);
      account.valid = [await login(http, account), await login(http, account)];
      await this.changePassword(http, account);
      await this.logOut(http, account);
    }
  }

  check({ usernames }: Snapshot, findings: Findings): void {
    for (const name of this.registered) {
      if (!usernames.has(name)) findings.lost.push(`account ${name}`);
    }
    const { username = '' } = this.account ?? {};
    if (this.unconfirmed?.what === 'registration' && !usernames.has(username))
      this.account = undefined;
  }

  async retryInFlight(http: HttpClient, findings: Findings): Promise<void> {
    const { account, unconfirmed } = this;
    this.account = undefined;
    this.unconfirmed = undefined;
    if (!account) return;
    if (unconfirmed?.what === 'password') {
      const [old, next] = [account.password, unconfirmed.next];
      const isOld = await canLogIn(http, { ...account, password: old });
      const isNext = await canLogIn(http, { ...account, password: next });
      if (isOld === isNext) findings.partial.push(`password of ${account.username}: ${isOld}`);
      if (isNext) markOthersRevoked(account);
    } else if (!(await canLogIn(http, account))) {
      findings.lost.push(`password of ${account.username}`);
    }
    if (unconfirmed?.what === 'logout') account.valid.pop();
    for (const token of account.valid) {
      if (!(await isValid(http, token))) findings.lost.push(`login of ${account.username}`);
    }
    for (const token of account.revoked) {
      if (await isValid(http, token)) findings.lost.push(`end of a token of ${account.username}`);
    }
  }

  get acknowledged(): number {
    return this.registered.size;
  }

  private async register(http: HttpClient, username: string): Promise<SignedInAccount> {
    const account = { username, password: 'first one', valid: [], revoked: [] };
    this.account = account;
    this.unconfirmed = { what: 'registration' };
    const body = { username, email: `${username}@example.com`, password: account.password };
    await send(() => http.post('/api/user/register', { body }), 201);
    this.unconfirmed = undefined;
    this.registered.add(username);
    return account;
  }

  /** Uses the newer token, so that the older one is revoked. */
  private async changePassword(http: HttpClient, account: SignedInAccount): Promise<void> {
    const next = 'second one';
    this.unconfirmed = { what: 'password', next };
    const body = { current_password: account.password, new_password: next };
    const token = account.valid.at(-1);
    await send(() => http.post('/api/auth/change-password', { token, body }), 204);
    this.unconfirmed = undefined;
    account.password = next;
    markOthersRevoked(account);
  }

  private async logOut(http: HttpClient, account: SignedInAccount): Promise<void> {
    const token = account.valid.at(-1);
    this.unconfirmed = { what: 'logout' };
    await send(() => http.post('/api/auth/logout', { token }), 204);
    this.unconfirmed = undefined;
    account.revoked.push(...account.valid.splice(0));
  }
}

/** Moves every token to the revoked ones, except the one that changed the password. */
function markOthersRevoked(account: SignedInAccount): void {
  account.revoked.push(...account.valid.splice(0, account.valid.length - 1));
}

async function login(http: HttpClient, { username, password }: SignedInAccount): Promise<string> {
  const body = { username, password };
  return String((await send(() => http.post('/api/user/login', { body }), 200)).body.token);
}

async function canLogIn(
  http: HttpClient,
  { username, password }: SignedInAccount,
): Promise<boolean> {
  const body = { username, password };
  return (await send(() => http.post('/api/user/login', { body }), 200, 401)).status === 200;
}

async function isValid(http: HttpClient, token: string): Promise<boolean> {
  return (await send(() => http.get('/api/auth/me', { token }), 200, 401)).status === 200;
}
