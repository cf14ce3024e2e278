export const ROLES = ['admin', 'user'] as const;

/** `admin` operates lots, `user` is a driver. The role of an account never changes. */
export type Role = (typeof ROLES)[number];

/** How the key of a gate begins, which distinguishes it from the token of an account. */
export const GATE_KEY_PREFIX = 'gate_';

/** Origin of a request, known before any token is verified. */
export interface ClientInfo {
  /** The client's IP address. */
  readonly address: string;
  /** The response's `X-Request-Id`, which identifies the request in the log. */
  readonly requestId: string;
  /** The request's `User-Agent`, if it has one. */
  readonly userAgent?: string;
}

/** The account and session of a verified token. */
export interface VerifiedToken {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  /** The token's session, which a logout deletes. */
  readonly sessionId: string;
}

/** The gate of a verified key. */
export interface VerifiedGate {
  readonly gateId: number;
  readonly keyDigest: string;
}

/** The gate that sent a request. */
export interface GatePrincipal extends ClientInfo, VerifiedGate {}

/** The account that sent a request. */
export interface Principal extends ClientInfo, VerifiedToken {}
