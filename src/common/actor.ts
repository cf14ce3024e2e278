export const ROLES = ['admin', 'user'] as const;

/** `admin` operates lots, `user` is a driver. An account has exactly one role, for good. */
export type Role = (typeof ROLES)[number];

/** Who makes a request, as its verified token says. */
export interface Actor {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  /** The token's session, which a logout ends. */
  readonly sessionId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard once the token is verified. */
    actor?: Actor;
  }
}
