import { createSecretKey } from 'node:crypto';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { CacheModule } from '../platform/cache/cache.module.js';
import { Configuration } from '../platform/config/configuration.js';
import { tokenSecret } from '../platform/config/token-secret.js';
import { WriteDatabase } from '../platform/database/data-sources.js';
import { ReadDatabase } from '../platform/database/read-database.js';
import { AccessGuard } from './access/access.guard.js';
import { BearerTokenStrategy } from './access/bearer-token.strategy.js';
import { GateKeyStrategy } from './access/gate-key.strategy.js';
import { GateKeys } from './access/gate-keys.js';
import { AccountAdministration } from './accounts/account-administration.js';
import { AccountMails } from './links/account-mails.js';
import { EmailConfirmations } from './links/email-confirmations.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { LinkUses } from './links/link-uses.js';
import { PasswordLinks } from './links/password-links.js';
import { PasswordAttempts } from './limits/password-attempts.js';
import { RateLimitAuditor } from './limits/rate-limit-auditor.js';
import { Registrations } from './limits/registrations.js';
import { SessionLookup } from './sessions/session-lookup.js';
import { SignInService } from './sessions/sign-in.service.js';
import { KnownNetworks } from './sessions/known-networks.js';
import { Sessions } from './sessions/sessions.service.js';
import { TokensService } from './sessions/tokens.service.js';

const ISSUER = 'vpms';
const ALGORITHM = 'HS256';

/** Login, sessions, and the guard of every route. */
@Module({
  imports: [
    AccountsModule,
    CacheModule,
    PassportModule,
    JwtModule.registerAsync({
      inject: [Configuration],
      useFactory: (configuration: Configuration) => {
        // Given text, jsonwebtoken would first parse it as a public key, which takes 0.5 ms per token.
        const key = createSecretKey(tokenSecret(configuration), 'utf8');
        return {
          secretOrKeyProvider: () => key,
          signOptions: { algorithm: ALGORITHM, issuer: ISSUER },
          verifyOptions: { algorithms: [ALGORITHM], issuer: ISSUER },
        };
      },
    }),
  ],
  providers: [
    AccountAdministration,
    AccountMails,
    BearerTokenStrategy,
    EmailConfirmations,
    GateKeys,
    GateKeyStrategy,
    KnownNetworks,
    LinkUses,
    PasswordAttempts,
    PasswordLinks,
    RateLimitAuditor,
    Registrations,
    {
      provide: SessionLookup,
      inject: [ReadDatabase, WriteDatabase],
      useFactory: (database: ReadDatabase, writer: WriteDatabase | undefined) =>
        new SessionLookup(database, writer),
    },
    Sessions,
    SignInService,
    TokensService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [
    AccountAdministration,
    AccountMails,
    AccountsModule,
    EmailConfirmations,
    LinkUses,
    PasswordAttempts,
    PasswordLinks,
    RateLimitAuditor,
    Registrations,
    Sessions,
    SignInService,
    TokensService,
  ],
})
export class AuthModule {}
