import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/access/access.js';
import { LoginDto, mapSignIn, TokenDto } from '../api-models/accounts/login.dto.js';
import { PasswordAttempts } from '../auth/limits/password-attempts.js';
import { SignInService } from '../auth/sessions/sign-in.service.js';
import { Configuration, DEFAULT_ADMIN_PASSWORD } from '../platform/config/configuration.js';
import { CurrentRequest } from '../platform/http/server/current-request.js';
import type { LimitedRequest } from '../platform/rate-limits/limited-request.js';
import { ApiProblems } from '../platform/errors/api-problems.js';

const DEFAULT_ADMIN = { username: 'admin', password: DEFAULT_ADMIN_PASSWORD };

@ApiTags('Log in')
@Controller('api/admin')
export class AdminLoginController {
  constructor(
    private readonly signIns: SignInService,
    private readonly attempts: PasswordAttempts,
    private readonly configuration: Configuration,
  ) {}

  @ApiOperation({ summary: 'Log in as an admin' })
  @ApiBody({ type: LoginDto, examples: { 'The default admin': { value: DEFAULT_ADMIN } } })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('VALIDATION_FAILED', 'CREDENTIALS_WRONG', 'OVERLOADED')
  @Public()
  @HttpCode(200)
  @Post('login')
  async loginAdmin(
    @Body() body: LoginDto,
    @CurrentRequest() request: LimitedRequest,
  ): Promise<TokenDto> {
    const { username } = body;
    const signIn = await this.attempts.run({ request, role: 'admin', username }, (priority) =>
      this.signIns.signIn('admin', body, { client: request.client, priority }),
    );
    return mapSignIn(signIn, this.configuration.jwtExpiresIn);
  }
}
