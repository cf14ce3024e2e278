import {
  LIMIT_POLICIES,
  type LimitName,
} from '../../../../src/platform/rate-limits/limit-policies.js';
import { RateLimits } from '../../../../src/platform/rate-limits/rate-limits.js';
import type { TestApp } from '../../app/test-app.js';
import { PASSWORD } from '../../data/factories.js';
import type { HttpResponse } from './http-client.js';
import { expectProblem } from '../problems.js';

/** Rate limits are enabled, and this machine is the proxy that reports the clients' addresses. */
export const LIMITED_ENVIRONMENT = { RATE_LIMIT_ENABLED: 'true', TRUST_PROXY: 'loopback' };

/** The response to a request that a limit refuses. */
export const LIMITED = '429 RATE_LIMITED';

/** A client of a program with {@link LIMITED_ENVIRONMENT} whose address the test chooses. */
export class MovingClient {
  address = '';
  private addresses = 0;

  constructor(private readonly vpms: TestApp) {}

  /** Continues with a new address, which it returns. */
  move(): string {
    this.addresses += 1;
    this.address = `192.0.2.${this.addresses}`;
    return this.address;
  }

  /** The headers with which the proxy reports the address. */
  get headers(): Readonly<Record<string, string>> {
    return { 'x-forwarded-for': this.address };
  }

  post(path: string, body: unknown, token?: string): Promise<HttpResponse> {
    return this.vpms.http.post(path, { token, body, headers: this.headers });
  }

  login(username: string, password = PASSWORD, role = 'user'): Promise<HttpResponse> {
    return this.post(`/api/${role}/login`, { username, password });
  }

  /** Tries to log in with a wrong password, and expects that no rate limit refuses the attempts. */
  async failTimes(times: number, username: string, role = 'user'): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      expectProblem(await this.login(username, 'wrong', role), '401 CREDENTIALS_WRONG');
    }
  }

  register(username: string, email: string): Promise<HttpResponse> {
    return this.post('/api/user/register', { username, email, password: PASSWORD });
  }
}

/** Consumes all points of the limit except one. */
export async function spendAllButOne(vpms: TestApp, limit: LimitName, key: string): Promise<void> {
  const limits = vpms.app.get(RateLimits);
  const { points } = LIMIT_POLICIES[limit];
  for (let point = 1; point < points; point += 1) await limits.consume(limit, key);
}
