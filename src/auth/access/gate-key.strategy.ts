import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import type { VerifiedGate } from '../../platform/principal.js';
import { bearerToken } from './bearer-token.js';
import type { AuthenticationRequest } from './bearer-token.strategy.js';

export const GATE_KEY = 'gate-key';

/** Authenticates a gate by the key in the request's `Authorization` header. Stateless. */
@Injectable()
export class GateKeyStrategy extends PassportStrategy(passport.Strategy, GATE_KEY) {
  override authenticate(request: unknown): void {
    const { authorization, gateKeys } = request as AuthenticationRequest;
    this.validate(authorization, gateKeys).then(
      (gate) => this.success(gate),
      (error: unknown) => this.error(error),
    );
  }

  /** @throws TokenMissing | TokenInvalid | GateKeyRevoked */
  async validate(
    authorization: string | undefined,
    gateKeys: AuthenticationRequest['gateKeys'],
  ): Promise<VerifiedGate> {
    return gateKeys.verify(bearerToken(authorization));
  }
}
