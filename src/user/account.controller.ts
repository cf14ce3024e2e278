import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Public } from '../auth/access/access.js';
import { mapAccount } from '../api-models/accounts/account.dto.js';
import { LoginDto, mapSignIn, TokenDto } from '../api-models/accounts/login.dto.js';
import { ForgotPasswordDto, PasswordLinkRequestedDto } from './forgot-password.dto.js';
import { RegisterDto, RegisteredDto } from './register.dto.js';
import { PasswordAttempts } from '../auth/limits/password-attempts.js';
import { Registrations } from '../auth/limits/registrations.js';
import { PasswordLinks } from '../auth/links/password-links.js';
import { SignInService } from '../auth/sessions/sign-in.service.js';
import { Configuration } from '../platform/config/configuration.js';
import { CurrentRequest } from '../platform/http/server/current-request.js';
import type { LimitedRequest } from '../platform/rate-limits/limited-request.js';
import { ApiProblems } from '../platform/errors/api-problems.js';

@ApiTags('Log in')
@Public()
@Controller('api/user')
export class UserAccountController {
  constructor(
    private readonly registrations: Registrations,
    private readonly attempts: PasswordAttempts,
    private readonly signIns: SignInService,
    private readonly passwordLinks: PasswordLinks,
    private readonly configuration: Configuration,
  ) {}

  @ApiOperation({ summary: 'Register as a driver' })
  @ApiCreatedResponse({ type: RegisteredDto })
  @ApiProblems('VALIDATION_FAILED', 'USERNAME_TAKEN', 'EMAIL_TAKEN', 'OVERLOADED')
  @Post('register')
  async registerUser(
    @CurrentRequest() request: LimitedRequest,
    @Body() body: RegisterDto,
  ): Promise<RegisteredDto> {
    const account = await this.registrations.register(request, body);
    return { message: 'Registered. You can log in now.', user: mapAccount(account) };
  }

  @ApiOperation({
    summary: 'Mail a link to set a new password',
    description:
      'The response is the same whether an account has the address or not. The link is valid for an hour, and replaces earlier ones. `Idempotency-Key` is accepted and ignored: repeating the request mails another link.',
  })
  @ApiAcceptedResponse({ type: PasswordLinkRequestedDto })
  @ApiProblems('VALIDATION_FAILED', 'MAIL_UNAVAILABLE')
  @HttpCode(202)
  @Post('forgot-password')
  async forgotPassword(
    @CurrentRequest() request: LimitedRequest,
    @Body() { email }: ForgotPasswordDto,
  ): Promise<PasswordLinkRequestedDto> {
    await this.passwordLinks.request(request, email);
    return { message: 'If a driver has this address, a link is on its way.' };
  }

  @ApiOperation({ summary: 'Log in as a driver' })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('VALIDATION_FAILED', 'CREDENTIALS_WRONG', 'OVERLOADED')
  @HttpCode(200)
  @Post('login')
  async loginUser(
    @Body() body: LoginDto,
    @CurrentRequest() request: LimitedRequest,
  ): Promise<TokenDto> {
    const { username } = body;
    const signIn = await this.attempts.run({ request, role: 'user', username }, (priority) =>
      this.signIns.signIn('user', body, { client: request.client, priority }),
    );
    return mapSignIn(signIn, this.configuration.jwtExpiresIn);
  }
}
