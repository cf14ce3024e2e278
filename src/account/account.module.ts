import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PeopleModule } from '../people/people.module.js';
import { AuthController } from './auth.controller.js';
import { AccountDeletionController } from './account-deletion.controller.js';
import { LinksController } from './links.controller.js';
import { PagesController } from './pages/pages.controller.js';
import { SessionsController } from './sessions.controller.js';
import { StoredDataController } from './stored-data/stored-data.controller.js';

/** The API for accounts of both roles (`/api/auth`), and the pages that mailed links open. */
@Module({
  imports: [AuthModule, PeopleModule],
  controllers: [
    AuthController,
    AccountDeletionController,
    LinksController,
    PagesController,
    SessionsController,
    StoredDataController,
  ],
})
export class AccountModule {}
