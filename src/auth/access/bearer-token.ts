import { GATE_KEY_PREFIX } from '../../platform/principal.js';
import { NoBearerToken, TokenMissing } from '../errors.js';

/**
 * Extracts the token of an `Authorization: Bearer …` header. @throws TokenMissing | NoBearerToken
 */
export function bearerToken(authorization: string | undefined): string {
  if (!authorization) throw new TokenMissing();
  const token = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
  if (!token) throw new NoBearerToken();
  return token;
}

/** Whether the header has the key of a gate, valid or not. */
export function hasGateKey(authorization: string | undefined): boolean {
  const [, token = ''] = /^Bearer +(.*)$/i.exec(authorization?.trim() ?? '') ?? [];
  return token.startsWith(GATE_KEY_PREFIX);
}
