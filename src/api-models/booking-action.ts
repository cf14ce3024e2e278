import { applyDecorators, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiProblems } from '../platform/errors/api-problems.js';
import type { ProblemCode } from '../platform/errors/problem-codes.js';
import { ApiId } from '../platform/http/validation/id.pipe.js';
import { Idempotent } from '../platform/idempotency/idempotent.js';
import { BookingDto } from './booking.dto.js';

interface Action {
  readonly summary: string;
  /** Problems besides an invalid request and an unknown booking. */
  readonly problems: readonly ProblemCode[];
}

/** A route `POST :id/…` that changes a booking and returns it. */
export function BookingAction(path: string, { summary, problems }: Action): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ type: BookingDto }),
    ApiId(),
    Idempotent(),
    // Applied after Idempotent, whose problems it extends.
    ApiProblems('VALIDATION_FAILED', 'BOOKING_NOT_FOUND', ...problems),
    HttpCode(200),
    Post(path),
  );
}
