import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Public } from '../auth/access.js';
import { LoginDto, mapSignIn, TokenDto } from '../auth/dto/login.dto.js';
import { SignInService } from '../auth/sign-in.service.js';
import type { Caller } from '../common/actor.js';
import { Configuration, DEFAULT_ADMIN_PASSWORD } from '../common/config/configuration.js';
import { ApiProblems } from '../common/problems/api-problems.js';

const DEFAULT_ADMIN = { username: 'admin', password: DEFAULT_ADMIN_PASSWORD };

@ApiTags('Log in')
@Controller('api/admin')
export class AdminLoginController {
  constructor(
    private readonly signIns: SignInService,
    private readonly configuration: Configuration,
  ) {}

  @ApiOperation({ summary: 'Log in as an admin' })
  @ApiBody({ type: LoginDto, examples: { 'The default admin': { value: DEFAULT_ADMIN } } })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('VALIDATION_FAILED', 'CREDENTIALS_WRONG', 'OVERLOADED')
  @Public()
  @HttpCode(200)
  @Post('login')
  async loginAdmin(@Body() body: LoginDto, @CurrentCaller() caller: Caller): Promise<TokenDto> {
    const signIn = await this.signIns.signIn('admin', body, caller);
    return mapSignIn(signIn, this.configuration.jwtExpiresIn);
  }
}
