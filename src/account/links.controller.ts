import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/access/access.js';
import { PasswordLinks } from '../auth/links/password-links.js';
import { ApiProblems } from '../platform/errors/api-problems.js';
import { CurrentRequest } from '../platform/http/server/current-request.js';
import type { LimitedRequest } from '../platform/rate-limits/limited-request.js';
import { ResetPasswordDto } from './reset-password.dto.js';

@ApiTags('Log in')
@Public()
@Controller('api/auth')
export class LinksController {
  constructor(private readonly passwordLinks: PasswordLinks) {}

  @ApiOperation({
    summary: 'Set a new password with a link',
    description:
      'Ends all sessions of the account and revokes its other links. A refused password does not use up the link. `Idempotency-Key` is accepted and ignored: a repeated request gets 410 and changes nothing.',
  })
  @ApiNoContentResponse({ description: 'The new password is set' })
  @ApiProblems('VALIDATION_FAILED', 'RESET_LINK_GONE', 'OVERLOADED')
  @HttpCode(204)
  @Post('reset-password')
  resetPassword(
    @CurrentRequest() request: LimitedRequest,
    @Body() { token, new_password: newPassword }: ResetPasswordDto,
  ): Promise<void> {
    return this.passwordLinks.reset(request, token, newPassword);
  }
}
