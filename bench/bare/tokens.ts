import {
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

export interface Claims {
  readonly sub: string;
  readonly jti: string;
  readonly role: string;
}

interface ExpiringClaims extends Claims {
  readonly iss: string;
  /** In seconds since 1970 UTC. */
  readonly exp: number;
}

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });
const LIFETIME_SECONDS = 86_400;
const MAX_VERIFIED = 10_000;

/** Signs and verifies JWTs with HS256. */
export class Tokens {
  private readonly key: KeyObject;
  /** Verified claims by `Authorization` header: like VPMS, the server checks each signature once. */
  private readonly verified = new Map<string, ExpiringClaims>();

  constructor(secret: string) {
    this.key = createSecretKey(Buffer.from(secret));
  }

  /** Returns undefined for an invalid or expired token. */
  verify(authorization: string | undefined): Claims | undefined {
    if (authorization === undefined) return undefined;
    const claims = this.verified.get(authorization) ?? this.read(authorization);
    if (!claims || claims.exp <= Date.now() / 1_000) return undefined;
    if (this.verified.size < MAX_VERIFIED) this.verified.set(authorization, claims);
    return claims;
  }

  private read(authorization: string): ExpiringClaims | undefined {
    const [header = '', payload = '', signature = ''] = authorization
      .replace(/^Bearer +/i, '')
      .split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.sign(`${header}.${payload}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = decode(payload) as ExpiringClaims;
    const { alg } = decode(header) as { readonly alg: string };
    const isValid = alg === 'HS256' && claims.iss === 'vpms';
    return isValid ? claims : undefined;
  }

  issue(accountId: number, role: string) {
    const jti = randomBytes(16).toString('base64url');
    const iat = Math.floor(Date.now() / 1_000);
    const exp = iat + LIFETIME_SECONDS;
    const payload = encode({ sub: String(accountId), jti, role, iat, exp, iss: 'vpms' });
    const signed = `${HEADER}.${payload}`;
    return { jti, exp, token: `${signed}.${this.sign(signed).toString('base64url')}` };
  }

  private sign(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
