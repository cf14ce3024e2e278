import type { LimitName, LimitPolicy } from './limit-policies.js';

/** The remaining points of a rate limit for one account, address or token. */
export interface Quota {
  readonly limit: LimitName;
  readonly policy: LimitPolicy;
  readonly remaining: number;
  /** Whole seconds, at least one, until the window ends. */
  readonly resetSeconds: number;
  /** Whether more points were requested than remained. */
  readonly exceeded: boolean;
  /** Whether the limit was exceeded for the first time in the window. */
  readonly isFirst: boolean;
}
