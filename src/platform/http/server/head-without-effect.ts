import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, of } from 'rxjs';

@Injectable()
class HeadInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    if (http.getRequest<FastifyRequest>().method !== 'HEAD') return next.handle();
    void http.getResponse<FastifyReply>().type('application/json; charset=utf-8');
    return of(undefined);
  }
}

/**
 * For a GET that changes something: a HEAD request, which Fastify routes to the same handler, gets the
 * status and the media type without running the handler.
 */
export function HeadWithoutEffect(): MethodDecorator {
  return UseInterceptors(HeadInterceptor);
}
