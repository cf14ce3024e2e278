import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import type { VerifiedToken } from '../../platform/principal.js';
import type { TokensService } from '../sessions/tokens.service.js';
import { bearerToken, hasGateKey } from './bearer-token.js';
import type { GateKeys } from './gate-keys.js';

export const BEARER_TOKEN = 'bearer-token';

/**
 * What authentication needs. Passport adds its own methods to it. The guard passes its services with it,
 * because Passport's registry of strategies is shared by the whole process.
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
