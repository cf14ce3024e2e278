import type { HttpClient } from '../http/http-client.js';
import type { Identity } from './requests.js';
import { DEFAULT_ADMIN } from '../http/login.js';

const PASSWORD = 'test123';
const KNOWN = ['admin', 'driver', 'other driver'] as const;
type Known = (typeof KNOWN)[number];

/** The accounts of the fuzz test. A revoked token is replaced. */
export class Identities {
  private readonly tokens = new Map<Known, Promise<string>>();
  private revoked = '';
  private accounts = 0;

  constructor(private readonly http: HttpClient) {}

  async prepare(): Promise<void> {
    this.revoked = await this.newDriver();
    await this.http.post('/api/auth/logout', { token: this.revoked });
    await Promise.all(KNOWN.map((identity) => this.token(identity)));
  }

  async token(identity: Identity): Promise<string | undefined> {
    if (identity === 'anonymous') return undefined;
    if (identity === 'forged') return 'e30.e30.c2lnbmF0dXJl';
    if (identity === 'revoked') return this.revoked;
    const token = this.tokens.get(identity) ?? this.newToken(identity);
    this.tokens.set(identity, token);
    return token;
  }

  /** Uses another token for the next request. */
  forget(identity: Identity, token: string | undefined): void {
    for (const known of KNOWN) {
      const kept = known === identity ? this.tokens.get(known) : undefined;
      void kept?.then((value) => value === token && this.tokens.delete(known));
    }
  }

  private newToken(identity: Known): Promise<string> {
    return identity === 'admin' ? this.login('/api/admin/login', DEFAULT_ADMIN) : this.newDriver();
  }

  /** A new account each time: the fuzz may have changed the password of the last one. */
  private async newDriver(): Promise<string> {
    this.accounts += 1;
    const username = `fuzzer${this.accounts}`;
    const body = { username, email: `${username}@example.com`, password: PASSWORD };
    await this.http.post('/api/user/register', { body });
    return this.login('/api/user/login', { username, password: PASSWORD });
  }

  private async login(path: string, body: object): Promise<string> {
    const response = await this.http.post(path, { body });
    if (response.status !== 200)
      throw new Error(`${path} answers ${response.status} ${response.text}`);
    return response.body.token;
  }
}
