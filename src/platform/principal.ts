import type { FastifyRequest } from 'fastify';

export const ROLES = ['admin', 'user'] as const;

/** `admin` operates lots, `user` is a driver. An account has exactly one role, for good. */
export type Role = (typeof ROLES)[number];

/** Where a request comes from: all that is known before a token is looked at. */
export interface ClientInfo {
  /** The client's address. */
  readonly address: string;
  /** The `X-Request-Id` of the answer, by which the log finds the request. */
  readonly requestId: string;
}

/** Whom a verified token names. */
export interface VerifiedToken {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  /** The token's session, which a logout ends. */
  readonly sessionId: string;
}

/** Who makes a request, as its verified token says. */
export interface Principal extends ClientInfo, VerifiedToken {}

export function clientInfoOf({ ip, id }: FastifyRequest): ClientInfo {
  return { address: ip, requestId: id };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard once the token is verified. */
    principal?: Principal;
  }
}
