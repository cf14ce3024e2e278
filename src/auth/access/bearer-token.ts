import { TokenInvalid, TokenMissing } from '../errors.js';

/**
 * Extracts the token of an `Authorization: Bearer …` header. @throws TokenMissing | TokenInvalid
 */
export function bearerToken(authorization: string | undefined): string {
  if (!authorization) throw new TokenMissing();
  const token = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
  if (!token) throw new TokenInvalid();
  return token;
}
