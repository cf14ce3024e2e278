import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientNetwork } from '../../rate-limits/client-network.js';
import type { LimitedRequest } from '../../rate-limits/limited-request.js';
import { setRateLimitHeaders } from './rate-limit-headers.js';
import { clientInfoOf } from './request-principal.js';

/** The current request, for limits that count per address. */
export const CurrentRequest = createParamDecorator(
  (_: unknown, context: ExecutionContext): LimitedRequest => {
    const http = context.switchToHttp();
    const client = clientInfoOf(http.getRequest<FastifyRequest>());
    const reply = http.getResponse<FastifyReply>();
    return {
      client,
      network: clientNetwork(client.address),
      reportQuotas: (quotas) => setRateLimitHeaders(reply, quotas),
    };
  },
);
