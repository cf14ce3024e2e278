import type { HttpClient } from '../http/clients/http-client.js';
import type { Identity } from './requests.js';
import { DEFAULT_ADMIN } from '../http/login.js';

const PASSWORD = 'test123';
/** Number of lots: enough that many random ids are the id of a lot. */
const LOTS = 20;
const KNOWN = ['admin', 'driver', 'other driver', 'gate'] as const;
type Known = (typeof KNOWN)[number];

/** The accounts of the fuzz test, and the lots that they use. A revoked token is replaced. */
export class Identities {
  private readonly tokens = new Map<Known, Promise<string>>();
  private revoked = '';
  private accounts = 0;

  constructor(private readonly http: HttpClient) {}

  async prepare(): Promise<void> {
    this.revoked = await this.newDriver();
    await this.http.post('/api/auth/logout', { token: this.revoked });
    await Promise.all(KNOWN.map((identity) => this.token(identity)));
    for (let lot = 1; lot <= LOTS; lot += 1) await this.newLot(`Lot ${lot}`);
  }

  async token(identity: Identity): Promise<string | undefined> {
    if (identity === 'anonymous') return undefined;
    if (identity === 'forged') return 'e30.e30.c2lnbmF0dXJl';
    if (identity === 'revoked') return this.revoked;
    const token = this.tokens.get(identity) ?? this.newToken(identity);
    this.tokens.set(identity, token);
    return token;
  }

  /** Discards the token, so that the next request uses a new one. */
  forget(identity: Identity, token: string | undefined): void {
    for (const known of KNOWN) {
      const kept = known === identity ? this.tokens.get(known) : undefined;
      void kept?.then((value) => value === token && this.tokens.delete(known));
    }
  }

  /** A token of a new session; for a driver, of a new account. */
  newToken(identity: Known): Promise<string> {
    if (identity === 'gate') return this.newGate();
    return identity === 'admin' ? this.login('/api/admin/login', DEFAULT_ADMIN) : this.newDriver();
  }

  private async newLot(name: string): Promise<number> {
    const token = await this.token('admin');
    const address = { address: '1 Main Street', pin_code: '110001' };
    const body = { ...address, prime_location_name: name, price: 40, number_of_spots: 5 };
    return (await this.http.post('/api/admin/parking-lots', { token, body })).body.id;
  }

  /** A new lot each time: the fuzz test may have deleted the last one. */
  private async newGate(): Promise<string> {
    const body = { lot_id: await this.newLot('Gated'), name: 'North', direction: 'both' };
    const token = await this.token('admin');
    return (await this.http.post('/api/admin/gates', { token, body })).body.key;
  }

  /** A new account each time: the fuzz test may have changed the password of the last one. */
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
      throw new Error(`${path} returned ${response.status} ${response.text}`);
    return response.body.token;
  }
}
