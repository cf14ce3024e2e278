import { Module } from '@nestjs/common';
import { CacheModule } from '../../platform/cache/cache.module.js';
import { Passwords } from '../passwords/passwords.js';
import { AccountsService } from './accounts.service.js';

/** Accounts and their passwords, without sessions and without the guard of the routes. */
@Module({
  imports: [CacheModule],
  providers: [AccountsService, Passwords],
  exports: [AccountsService, Passwords],
})
export class AccountsModule {}
