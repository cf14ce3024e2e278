import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/access.js';
import { LoginDto, mapSignIn, TokenDto } from '../auth/dto/login.dto.js';
import { SignInService } from '../auth/sign-in.service.js';
import { Configuration } from '../common/config/configuration.js';
import { ApiProblems } from '../common/problems/api-problems.js';

@ApiTags('Account')
@Controller('api/admin')
export class AdminLoginController {
  constructor(
    private readonly signIns: SignInService,
    private readonly configuration: Configuration,
  ) {}

  @ApiOperation({ summary: 'Log in as an admin' })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('VALIDATION_FAILED', 'CREDENTIALS_WRONG', 'OVERLOADED')
  @Public()
  @HttpCode(200)
  @Post('login')
  async login(@Body() { username, password }: LoginDto): Promise<TokenDto> {
    const signIn = await this.signIns.signIn('admin', username, password);
    return mapSignIn(signIn, this.configuration.jwtExpiresIn);
  }
}
