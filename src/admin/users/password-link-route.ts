import { applyDecorators, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { ApiId } from '../../platform/http/validation/id.pipe.js';
import { ApiNoBody } from '../../platform/http/validation/no-body.dto.js';
import { Idempotent } from '../../platform/idempotency/idempotent.js';
import { PasswordLinkDto } from './managed-account.dto.js';

/** `POST :id/reset-password`, the same for drivers and for operators. */
export function PasswordLinkRoute(summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary,
      description:
        'The link is valid for 24 hours and replaces earlier ones; the old password works until the link is used.',
    }),
    ApiOkResponse({ type: PasswordLinkDto }),
    ApiId(),
    ApiNoBody(),
    Idempotent(),
    ApiProblems('VALIDATION_FAILED', 'ACCOUNT_NOT_FOUND'),
    HttpCode(200),
    Post(':id/reset-password'),
  );
}
