export const ROLES = ['admin', 'user'] as const;

/** `admin` operates lots, `user` is a driver. The role of an account never changes. */
export type Role = (typeof ROLES)[number];

/** Origin of a request, known before any token is verified. */
export interface ClientInfo {
  /** The client's IP address. */
  readonly address: string;
  /** The response's `X-Request-Id`, under which the log has the request. */
  readonly requestId: string;
}

/** The account and session of a verified token. */
export interface VerifiedToken {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  /** The token's session, which a logout deletes. */
  readonly sessionId: string;
}

/** The authenticated principal of a request. */
export interface Principal extends ClientInfo, VerifiedToken {}
