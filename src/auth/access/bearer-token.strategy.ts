import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import type { VerifiedToken } from '../../platform/principal.js';
import type { TokensService } from '../sessions/tokens.service.js';
import { bearerToken, hasGateKey } from './bearer-token.js';
import type { GateKeys } from './gate-keys.js';

export const BEARER_TOKEN = 'bearer-token';

/**
 * What authentication needs from a request. Passport adds its methods to this object. The object also
 * contains services of the guard, because the whole process shares Passport's registry of strategies.
 */
export interface AuthenticationRequest {
  readonly authorization: string | undefined;
  readonly tokens: TokensService;
  readonly gateKeys: GateKeys;
}

/**
 * Authenticates an account by the session token in the request's `Authorization` header, and leaves the
 * key of a gate to the next strategy. Stateless.
 */
@Injectable()
export class BearerTokenStrategy extends PassportStrategy(passport.Strategy, BEARER_TOKEN) {
  override authenticate(request: unknown): void {
    const { authorization, tokens } = request as AuthenticationRequest;
    if (hasGateKey(authorization)) {
      this.fail();
      return;
    }
    this.validate(authorization, tokens).then(
      (token) => this.success(token),
      (error: unknown) => this.error(error),
    );
  }

  /** @throws TokenMissing | TokenInvalid | TokenExpired | TokenRevoked */
  async validate(authorization: string | undefined, tokens: TokensService): Promise<VerifiedToken> {
    return tokens.verify(bearerToken(authorization));
  }
}
