import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Roles } from '../auth/access/access.js';
import { Sessions } from '../auth/sessions/sessions.service.js';
import { mapOwnSession, OwnSessionDto } from '../api-models/accounts/session.dto.js';
import { ApiProblems } from '../platform/errors/api-problems.js';
import { ApiId, IdPipe } from '../platform/http/validation/id.pipe.js';
import type { Principal } from '../platform/principal.js';

@ApiTags('Account')
@Roles('admin', 'user')
@Controller('api/auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: Sessions) {}

  @ApiOperation({ summary: 'The sessions of the account, by id: at most 20' })
  @ApiOkResponse({ type: [OwnSessionDto] })
  @Get()
  async listSessions(@CurrentPrincipal() { id, sessionId }: Principal): Promise<OwnSessionDto[]> {
    return (await this.sessions.list(id)).map((row) => mapOwnSession(row, sessionId));
  }

  @ApiOperation({ summary: 'End a session: its token is revoked immediately' })
  @ApiNoContentResponse({ description: 'Ended' })
  @ApiProblems('VALIDATION_FAILED', 'SESSION_NOT_FOUND')
  @ApiId()
  @HttpCode(204)
  @Delete(':id')
  endSession(
    @CurrentPrincipal() principal: Principal,
    @Param('id', IdPipe) id: number,
  ): Promise<void> {
    return this.sessions.end(principal, id);
  }

  @ApiOperation({ summary: 'End all other sessions; the token of this request stays valid' })
  @ApiNoContentResponse({ description: 'Ended' })
  @HttpCode(204)
  @Delete()
  endOtherSessions(@CurrentPrincipal() principal: Principal): Promise<void> {
    return this.sessions.endOthers(principal);
  }
}
