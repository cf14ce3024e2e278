import { createHmac } from 'node:crypto';

/** A known secret for tests that forge tokens. */
export const SECRET = 'the secret of the tests, long enough for production';

export interface Forgery {
  readonly claims: object;
  readonly header?: object;
  readonly secret?: string;
  /** The hash's name in Node.js. */
  readonly hash?: string;
}

/** A token with any header, claims and signature. */
export function forgeToken({ claims, header, secret = SECRET, hash = 'sha256' }: Forgery): string {
  const signed = [header ?? { alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** The claims of a token, without verification. */
export function claimsOf(token: string): Record<string, unknown> {
  const [, claims = ''] = token.split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
