import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * Marks a route whose response lasts until the client leaves. It is logged at that moment, and it is not
 * measured.
 */
export function StreamRoute(): MethodDecorator {
  return RouteConfig({ isStream: true });
}

export function isStreamRoute({ routeOptions }: FastifyRequest): boolean {
  return Reflect.get(Object(routeOptions.config), 'isStream') === true;
}
