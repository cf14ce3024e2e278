import { createSecretKey } from 'node:crypto';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { Configuration } from '../platform/config/configuration.js';
import { loadOrCreateTokenSecret } from '../platform/config/token-secret.js';
import { AccessGuard } from './access/access.guard.js';
import { BearerTokenStrategy } from './access/bearer-token.strategy.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { PasswordAttempts } from './limits/password-attempts.js';
import { RateLimitAuditor } from './limits/rate-limit-auditor.js';
import { Registrations } from './limits/registrations.js';
import { SignInService } from './sessions/sign-in.service.js';
import { KnownNetworks } from './sessions/known-networks.js';
import { TokensService } from './sessions/tokens.service.js';

const ISSUER = 'vpms';
const ALGORITHM = 'HS256';

/** Login, sessions, and the guard in front of every route of the program. */
@Module({
  imports: [
    AccountsModule,
    PassportModule,
    JwtModule.registerAsync({
      inject: [Configuration],
      useFactory: ({ jwtSecret, dataDirectory }: Configuration) => {
        // Given text, jsonwebtoken would first parse it as a public key, which takes 0.5 ms per token.
        const key = createSecretKey(jwtSecret ?? loadOrCreateTokenSecret(dataDirectory), 'utf8');
        return {
          secretOrKeyProvider: () => key,
          signOptions: { algorithm: ALGORITHM, issuer: ISSUER },
          verifyOptions: { algorithms: [ALGORITHM], issuer: ISSUER },
        };
      },
    }),
  ],
  providers: [
    BearerTokenStrategy,
    KnownNetworks,
    PasswordAttempts,
    RateLimitAuditor,
    Registrations,
    SignInService,
    TokensService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [
    AccountsModule,
    PasswordAttempts,
    RateLimitAuditor,
    Registrations,
    SignInService,
    TokensService,
  ],
})
export class AuthModule {}
