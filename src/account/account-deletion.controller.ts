import { Body, Controller, Delete, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../auth/access/access.js';
import { PasswordAttempts } from '../auth/limits/password-attempts.js';
import { ErasureService } from '../people/erasure.service.js';
import { ApiProblems } from '../platform/errors/api-problems.js';
import { CurrentRequest } from '../platform/http/server/current-request.js';
import type { Principal } from '../platform/principal.js';
import type { LimitedRequest } from '../platform/rate-limits/limited-request.js';
import { CurrentPasswordDto } from './current-password.dto.js';

@ApiTags('Account')
@Roles('admin', 'user')
@Controller('api/auth/me')
export class AccountDeletionController {
  constructor(
    private readonly attempts: PasswordAttempts,
    private readonly erasure: ErasureService,
  ) {}

  @ApiOperation({
    summary: 'Delete the account and erase everything about the person',
    description:
      'Username, e-mail, plates, remarks and client addresses are erased from everything that is ' +
      'stored. Bookings and audit entries stay without them, so no sum changes. The username and ' +
      'the e-mail can be registered again.',
  })
  @ApiNoContentResponse({ description: 'Erased; every token of the account is revoked' })
  @ApiProblems(
    'VALIDATION_FAILED',
    'CURRENT_PASSWORD_WRONG',
    'LIVE_BOOKING',
    'LAST_ADMIN',
    'OVERLOADED',
  )
  @HttpCode(204)
  @Delete()
  deleteAccount(
    @CurrentPrincipal() principal: Principal,
    @CurrentRequest() request: LimitedRequest,
    @Body() body: CurrentPasswordDto,
  ): Promise<void> {
    const { role, username, sessionId } = principal;
    return this.attempts.run({ request, role, username, sessionId }, (priority) =>
      this.erasure.erase(principal, { currentPassword: body.current_password, priority }),
    );
  }
}
