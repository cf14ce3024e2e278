import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Principal, Role } from '../../platform/principal.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { TokenMissing } from '../errors.js';

/** Who may call a route: anyone, or accounts of these roles. A route without it is refused. */
export const Access = Reflector.createDecorator<'public' | readonly Role[]>();

/** Anyone may call it, with or without a token. */
export function Public(): MethodDecorator & ClassDecorator {
  return Access('public');
}

/** Only accounts of these roles may call it; also documents what the guard answers. */
export function Roles(...roles: readonly Role[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    Access(roles),
    ApiBearerAuth(),
    ApiProblems(
      'TOKEN_MISSING',
      'TOKEN_INVALID',
      'TOKEN_EXPIRED',
      'TOKEN_REVOKED',
      'ROLE_FORBIDDEN',
    ),
  );
}

/** The account that calls, as the guard has verified it. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => {
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!principal) throw new TokenMissing();
    return principal;
  },
);
