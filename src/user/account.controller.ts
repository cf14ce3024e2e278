import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Public } from '../auth/access.js';
import { AccountsService } from '../auth/accounts.service.js';
import { mapAccount } from '../auth/dto/account.dto.js';
import { LoginDto, mapSignIn, TokenDto } from '../auth/dto/login.dto.js';
import { RegisterDto, RegisteredDto } from '../auth/dto/register.dto.js';
import { SignInService } from '../auth/sign-in.service.js';
import type { Caller } from '../common/actor.js';
import { Configuration } from '../common/config/configuration.js';
import { ApiProblems } from '../common/problems/api-problems.js';

@ApiTags('Log in')
@Public()
@Controller('api/user')
export class UserAccountController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly signIns: SignInService,
    private readonly configuration: Configuration,
  ) {}

  @ApiOperation({ summary: 'Register as a driver' })
  @ApiCreatedResponse({ type: RegisteredDto })
  @ApiProblems('VALIDATION_FAILED', 'USERNAME_TAKEN', 'EMAIL_TAKEN', 'OVERLOADED')
  @Post('register')
  async registerUser(@Body() body: RegisterDto): Promise<RegisteredDto> {
    const account = await this.accounts.create('user', body);
    return { message: 'Registered. You can log in now.', user: mapAccount(account) };
  }

  @ApiOperation({ summary: 'Log in as a driver' })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('VALIDATION_FAILED', 'CREDENTIALS_WRONG', 'OVERLOADED')
  @HttpCode(200)
  @Post('login')
  async loginUser(@Body() body: LoginDto, @CurrentCaller() caller: Caller): Promise<TokenDto> {
    const signIn = await this.signIns.signIn('user', body, caller);
    return mapSignIn(signIn, this.configuration.jwtExpiresIn);
  }
}
