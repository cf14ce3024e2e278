import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { AuthController } from './auth.controller.js';

/** The API of every account, with either role: `/api/auth`. */
@Module({ imports: [AuthModule], controllers: [AuthController] })
export class AccountModule {}
