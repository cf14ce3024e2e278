import type { ClientInfo } from '../principal.js';
import type { Quota } from './quota.js';

/**
 * The data of a request that rate limits need, and a function that reports the remaining quota to
 * the client.
 */
export interface LimitedRequest {
  readonly client: ClientInfo;
  /** See {@link clientNetwork}. */
  readonly network: string;
  readonly reportQuotas: (quotas: readonly Quota[]) => void;
}
