import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Observable, of } from 'rxjs';

@Injectable()
class HeadInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const { method } = context.switchToHttp().getRequest<FastifyRequest>();
    return method === 'HEAD' ? of(undefined) : next.handle();
  }
}

/**
 * For a GET that changes something: HEAD, which Fastify routes to the same handler, gets the status
 * and does not run it.
 */
export function HeadWithoutEffect(): MethodDecorator {
  return UseInterceptors(HeadInterceptor);
}
