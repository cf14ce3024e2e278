// Checks that every route declares who may call it, for each handler that Nest has registered.

import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { Access, type AccessRule } from '../../../src/auth/access/access.js';
import { FORM_PAGES } from '../../../src/platform/http/server/json-body.js';
import type { TestApp } from '../app/test-app.js';

/** A route of one of the program's controllers. */
export interface Route {
  readonly method: string;
  /** The path with its parameters, such as `:id`. */
  readonly path: string;
  /** The declared access; undefined if there is none. */
  readonly access: AccessRule | undefined;
}

/** Every route of every controller, as Nest has registered it. */
export function routesOf({ app }: TestApp): Route[] {
  const reflector = app.get(Reflector);
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = modules.flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype),
  );
  return controllers.flatMap((controller) => {
    if (!controller) return [];
    const prototype = controller.prototype as Record<string, unknown>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (typeof handler !== 'function') return [];
      const method: unknown = Reflect.getMetadata(METHOD_METADATA, handler);
      if (typeof method !== 'number') return [];
      const access = reflector.getAllAndOverride(Access, [handler, controller]);
      return pathsOf(handler).flatMap((end) =>
        pathsOf(controller).map((start) => ({
          method: RequestMethod[method] ?? '',
          path: join(start, end),
          access,
        })),
      );
    });
  });
}

/** The routes that clients of the API call: all except the pages for people. */
export function apiRoutesOf(testApp: TestApp): Route[] {
  return routesOf(testApp).filter(
    ({ path }) => !FORM_PAGES.includes(path) && !/^\/board\b/.test(path),
  );
}

/** The path as OpenAPI writes it: `/lots/{id}`. */
export function templateOf({ path }: Route): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function pathsOf(target: object): string[] {
  const path = Reflect.getMetadata(PATH_METADATA, target) as string | string[];
  return Array.isArray(path) ? path : [path];
}

function join(...parts: string[]): string {
  const path = parts
    .join('/')
    .split('/')
    .filter((part) => part !== '');
  return `/${path.join('/')}`;
}
