import { readFileSync } from 'node:fs';
import type { OpenAPIObject } from '@nestjs/swagger';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestApp } from '../../support/app/test-app.js';

const STORED = new URL('../../../docs/openapi.json', import.meta.url);

interface Route {
  readonly name: string;
  readonly operationId: string;
  readonly needsToken: boolean;
  readonly takesBody: boolean;
  readonly statuses: readonly string[];
}

function routesOf({ paths }: OpenAPIObject): readonly Route[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'delete'] as const).flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      return {
        name: `${method} ${path}`,
        operationId: operation.operationId ?? '',
        needsToken: operation.security?.length !== 0,
        takesBody: operation.requestBody !== undefined,
        statuses: Object.keys(operation.responses),
      };
    }),
  );
}

describe('the API document', () => {
  const vpms = useTestApp();
  let routes: readonly Route[];

  beforeAll(async () => {
    routes = routesOf((await vpms.http.get('/api/docs-json')).body);
  });

  it('has the same routes and responses as docs/openapi.json', () => {
    expect(
      routes,
      'docs/openapi.json does not match the program. Run `npm run openapi` and commit the file.',
    ).toEqual(routesOf(JSON.parse(readFileSync(STORED, 'utf8'))));
  });

  it('gives each route a different name', () => {
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
    expect(routes.map(({ operationId }) => operationId)).not.toContain('');
  });

  it('requires a token on the same routes as the program', async () => {
    for (const { name, needsToken } of routes) {
      const [method = '', path = ''] = name.split(' ');
      const url = path
        .replace('{id}', '1')
        .replace('{task_id}', 'x')
        .replace('{period}', '2026-03');
      const { body } = await vpms.http.request(method.toUpperCase(), url);
      expect([name, body?.code === 'TOKEN_MISSING']).toEqual([name, needsToken]);
    }
  });

  it('documents the errors of the guard, the body parser and an outage', () => {
    for (const { name, needsToken, takesBody, statuses } of routes) {
      const expected = [
        ...(needsToken ? ['401', '403'] : []),
        ...(takesBody ? ['400', '413', '415'] : []),
        ...(name.includes(' /api/') ? ['500', '503'] : []),
      ];
      expect([name, expected.filter((status) => !statuses.includes(status))]).toEqual([name, []]);
    }
  });

  it('is shown by a page that loads nothing from other hosts', async () => {
    const page = await vpms.http.get('/api/docs');
    expect(page.status).toBe(200);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source);
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      const url = new URL(source ?? '', `${vpms.http.url}/api/docs`);
      expect(url.origin).toBe(vpms.http.url);
      expect([source, (await vpms.http.get(url.pathname)).status]).toEqual([source, 200]);
    }
  });
});
