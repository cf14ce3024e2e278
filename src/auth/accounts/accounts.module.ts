import { Module } from '@nestjs/common';
import { CacheModule } from '../../platform/cache/cache.module.js';
import { Passwords } from '../passwords/passwords.js';
import { Unsubscriptions } from '../links/unsubscriptions.js';
import { AccountLinks } from '../links/account-links.js';
import { AdminPasswordRule } from '../passwords/admin-password-rule.js';
import { OwnPassword } from './own-password.js';
import { AccountsService } from './accounts.service.js';

const SERVICES = [AccountLinks, AccountsService, OwnPassword, Passwords, Unsubscriptions];

/** Accounts and their passwords, without sessions and without the guard of the routes. */
@Module({
  imports: [CacheModule],
  providers: [AdminPasswordRule, ...SERVICES],
  exports: [AdminPasswordRule, ...SERVICES],
})
export class AccountsModule {}
