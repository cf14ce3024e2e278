import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../platform/principal.js';
import { ApiNoBody, NoBodyDto } from '../platform/http/validation/no-body.dto.js';
import { CurrentRequest } from '../platform/http/server/current-request.js';
import type { LimitedRequest } from '../platform/rate-limits/limited-request.js';
import { ApiProblems } from '../platform/errors/api-problems.js';
import { CurrentPrincipal, Roles } from '../auth/access/access.js';
import { OwnPassword } from '../auth/accounts/own-password.js';
import { AccountsService } from '../auth/accounts/accounts.service.js';
import { AccountDto, mapAccount } from '../api-models/accounts/account.dto.js';
import { ChangePasswordDto } from './change-password.dto.js';
import { PasswordAttempts } from '../auth/limits/password-attempts.js';
import { TokensService } from '../auth/sessions/tokens.service.js';

@ApiTags('Account')
@Roles('admin', 'user')
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: OwnPassword,
    private readonly attempts: PasswordAttempts,
    private readonly tokens: TokensService,
  ) {}

  @ApiOperation({ summary: 'The account that the token belongs to' })
  @Get('me')
  async me(@CurrentPrincipal() principal: Principal): Promise<AccountDto> {
    return mapAccount(await this.accounts.get(principal.id));
  }

  @ApiOperation({ summary: 'Log out: this token is revoked immediately' })
  @ApiNoBody()
  @ApiNoContentResponse({ description: 'Logged out' })
  @ApiProblems('VALIDATION_FAILED')
  @HttpCode(204)
  @Post('logout')
  logout(@CurrentPrincipal() principal: Principal, @Body() _: NoBodyDto): Promise<void> {
    return this.tokens.logOut(principal);
  }

  @ApiOperation({
    summary: 'Change the password: every other token of the account is revoked immediately',
  })
  @ApiNoContentResponse({ description: 'Changed; the token of this request stays valid' })
  @ApiProblems('VALIDATION_FAILED', 'CURRENT_PASSWORD_WRONG', 'OVERLOADED')
  @HttpCode(204)
  @Post('change-password')
  changePassword(
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() request: LimitedRequest,
    @Body() body: ChangePasswordDto,
  ): Promise<void> {
    const { role, username, sessionId } = principal;
    return this.attempts.run({ request, role, username, sessionId }, (priority) =>
      this.passwords.change(principal, {
        currentPassword: body.current_password,
        newPassword: body.new_password,
        priority,
      }),
    );
  }
}
