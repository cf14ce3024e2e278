import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { encodeCursor, Page, type SortKey } from './page.js';
import { joinRendered } from './rendered.js';

/** Sends a Page as a bare JSON array, with a `Link` to the next one (RFC 8288) where more follows. */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(
      map((answer) => {
        if (!(answer instanceof Page)) return answer;
        const http = context.switchToHttp();
        if (answer.next) {
          const link = nextLink(http.getRequest<FastifyRequest>().url, answer.next);
          void http.getResponse<FastifyReply>().header('link', link);
        }
        const json = joinRendered(answer.items);
        if (json === undefined) return answer.items;
        void http.getResponse<FastifyReply>().type('application/json; charset=utf-8');
        return json;
      }),
    );
  }
}

function nextLink(url: string, key: SortKey): string {
  // What follows the first "?" is the query; a second one belongs to a value.
  const [path = ''] = url.split('?', 1);
  const parameters = new URLSearchParams(url.slice(path.length));
  parameters.set('cursor', encodeCursor(key));
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
