import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ClientInfo, clientInfoOf } from '../principal.js';
import { clientNetwork } from './client-network.js';
import { type Quota, setRateLimitHeaders } from './quota.js';

/** The data of a request that rate limits need, and how the client learns what is left. */
export interface LimitedRequest {
  readonly client: ClientInfo;
  /** See {@link clientNetwork}. */
  readonly network: string;
  readonly show: (quotas: readonly Quota[]) => void;
}

/** The current request, for limits that count per address. */
export const CurrentRequest = createParamDecorator(
  (_: unknown, context: ExecutionContext): LimitedRequest => {
    const http = context.switchToHttp();
    const client = clientInfoOf(http.getRequest<FastifyRequest>());
    const reply = http.getResponse<FastifyReply>();
    return {
      client,
      network: clientNetwork(client.address),
      show: (quotas) => setRateLimitHeaders(reply, quotas),
    };
  },
);
