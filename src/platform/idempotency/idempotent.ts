import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { TransactionRunner } from '../database/transaction-runner.js';
import { ApiProblems } from '../errors/api-problems.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IDEMPOTENCY_KEY, KEY_PATTERN } from './keyed-request.js';

/**
 * Allows clients to repeat the request safely with an Idempotency-Key. The handler runs its work as one unit
 * of work in the {@link Transactions} that it is given.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'Identifies this request, so that it can be repeated if its response was lost: for 24 hours a ' +
        'request with the same key and body gets the first response (2xx, 404 or 409) again, with ' +
        '`Idempotency-Replayed: true`, and nothing is done twice. A random UUID is suitable.',
      schema: { type: 'string', pattern: KEY_PATTERN.source, minLength: 1, maxLength: 255 },
    }),
    ApiProblems('VALIDATION_FAILED', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED'),
  );
}

/** The TransactionRunner for the request's Idempotency-Key; only on {@link Idempotent} routes. */
export const Transactions = createParamDecorator(
  (_: unknown, context: ExecutionContext): TransactionRunner => {
    const { transactions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!transactions) throw new Error('A route takes Transactions without being Idempotent');
    return transactions;
  },
);
