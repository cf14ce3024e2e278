import { createSecretKey } from 'node:crypto';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { Configuration } from '../platform/config/configuration.js';
import { loadOrCreateTokenSecret } from '../platform/config/token-secret.js';
import { AccessGuard } from './access/access.guard.js';
import { AccountsService } from './accounts/accounts.service.js';
import { AuthController } from './auth.controller.js';
import { NewPasswordConstraint } from './dto/new-password.js';
import { RateLimitAuditor } from './limits/rate-limit-auditor.js';
import { PasswordAttempts } from './limits/password-attempts.js';
import { Registrations } from './limits/registrations.js';
import { Passwords } from './passwords/passwords.js';
import { SignInService } from './sessions/sign-in.service.js';
import { TokensService } from './sessions/tokens.service.js';

const ISSUER = 'vpms';
const ALGORITHM = 'HS256';

@Module({
  imports: [
    JwtModule.registerAsync({
      inject: [Configuration],
      useFactory: ({ jwtSecret, dataDirectory }: Configuration) => {
        // As text, jsonwebtoken would try it as a public key first, which takes half a millisecond.
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
    AccountsService,
    NewPasswordConstraint,
    RateLimitAuditor,
    PasswordAttempts,
    Passwords,
    Registrations,
    SignInService,
    TokensService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [
    AccountsService,
    PasswordAttempts,
    Passwords,
    Registrations,
    SignInService,
    TokensService,
  ],
})
export class AuthModule {}

/** The routes of `/api/auth`, for processes that serve the API. */
@Module({ imports: [AuthModule], controllers: [AuthController] })
export class AuthApiModule {}
