import type { HttpClient } from '../http/http-client.js';
import type { Caller } from './requests.js';

const PASSWORD = 'test123';
const ADMIN = { username: 'admin', password: 'admin123' };
const KNOWN = ['admin', 'driver', 'other driver'] as const;
type Known = (typeof KNOWN)[number];

/** The accounts in whose names a fuzz asks. A token that the fuzz has ended is replaced. */
export class Callers {
  private readonly tokens = new Map<Known, Promise<string>>();
  private revoked = '';
  private accounts = 0;

  constructor(private readonly http: HttpClient) {}

  async prepare(): Promise<void> {
    this.revoked = await this.newDriver();
    await this.http.post('/api/auth/logout', { token: this.revoked });
    await Promise.all(KNOWN.map((caller) => this.token(caller)));
  }

  async token(caller: Caller): Promise<string | undefined> {
    if (caller === 'nobody') return undefined;
    if (caller === 'stranger') return 'e30.e30.c2lnbmF0dXJl';
    if (caller === 'revoked') return this.revoked;
    const token = this.tokens.get(caller) ?? this.newToken(caller);
    this.tokens.set(caller, token);
    return token;
  }

  /** Has the next request come with another token. */
  forget(caller: Caller, token: string | undefined): void {
    for (const known of KNOWN) {
      const kept = known === caller ? this.tokens.get(known) : undefined;
      void kept?.then((value) => value === token && this.tokens.delete(known));
    }
  }

  private newToken(caller: Known): Promise<string> {
    return caller === 'admin' ? this.login('/api/admin/login', ADMIN) : this.newDriver();
  }

  /** Another account each time: the fuzz may have changed the password of the last one. */
  private async newDriver(): Promise<string> {
    this.accounts += 1;
    const username = `fuzzer${this.accounts}`;
    const body = { username, email: `${username}@example.com`, password: PASSWORD };
    await this.http.post('/api/user/register', { body });
    return this.login('/api/user/login', { username, password: PASSWORD });
  }

  private async login(path: string, body: typeof ADMIN): Promise<string> {
    const answer = await this.http.post(path, { body });
    if (answer.status !== 200) throw new Error(`${path} answers ${answer.status} ${answer.text}`);
    return answer.body.token;
  }
}
