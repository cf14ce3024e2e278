import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Principal, Role } from '../../platform/principal.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { TokenMissing } from '../errors.js';

/** The roles that may call a route, or `public`. A route without this decorator is refused. */
export const Access = Reflector.createDecorator<'public' | readonly Role[]>();

/** Allows every client, with or without a token. */
export function Public(): MethodDecorator & ClassDecorator {
  return Access('public');
}

/** Allows only accounts with these roles, and documents the errors of the guard. */
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

/** The principal that the guard has authenticated. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => {
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!principal) throw new TokenMissing();
    return principal;
  },
);
