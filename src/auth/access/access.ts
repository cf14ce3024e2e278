import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { GatePrincipal, Principal, Role } from '../../platform/principal.js';
import { ApiProblems } from '../../platform/errors/api-problems.js';
import { TokenMissing } from '../errors.js';

/** The kind of a caller: the role of an account, or a gate. */
export type PrincipalKind = Role | 'gate';

/** The principals that may call a route, or `public` for every client. */
export type AccessRule = 'public' | readonly PrincipalKind[];

/** Declares the access to a route. A route without this decorator is refused. */
export const Access = Reflector.createDecorator<AccessRule>();

/** Allows every client, with or without a token. */
export function Public(): MethodDecorator & ClassDecorator {
  return Access('public');
}

/** Allows only accounts with these roles, or gates, and documents the errors of the guard. */
export function Roles(...roles: readonly PrincipalKind[]): MethodDecorator & ClassDecorator {
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

/** The account that the guard has authenticated. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => {
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!principal) throw new TokenMissing();
    return principal;
  },
);

/** The gate that the guard has authenticated. */
export const CurrentGate = createParamDecorator(
  (_: unknown, context: ExecutionContext): GatePrincipal => {
    const { gate } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!gate) throw new TokenMissing();
    return gate;
  },
);
