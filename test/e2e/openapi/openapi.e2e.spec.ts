import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { apiRoutesOf, templateOf } from '../../support/checks/routes.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { useTestApp } from '../../support/app/test-app.js';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly security?: object[];
  readonly responses: Record<string, { description: string; content?: Record<string, object> }>;
  readonly requestBody?: {
    readonly content: Record<string, { readonly examples?: Record<string, { value: object }> }>;
  };
  readonly parameters?: { name: string; in: string }[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { securitySchemes: object; schemas: object };
}

/** Texts that are compared or parsed but not stored, so they have no maximum length. */
const NOT_STORED = [
  'ChangePasswordDto.current_password',
  'CurrentPasswordDto.current_password',
  'LoginDto.password',
  'LoginDto.username',
  'ResetPasswordDto.token',
  'RunJobDto.period',
];

interface Field {
  readonly $ref?: string;
  readonly type: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly enum?: unknown[];
}

describe('the OpenAPI document', () => {
  const vpms = useTestApp();
  let document: Document;

  beforeAll(async () => {
    document = (await vpms.http.get('/api/docs-json')).body;
  });

  const operations = () =>
    apiRoutesOf(vpms).map((route) => ({
      route,
      operation: document.paths[templateOf(route)]?.[route.method.toLowerCase()],
    }));

  it('is OpenAPI 3 and needs no token', () => {
    expect(document.openapi).toMatch(/^3\./);
  });

  it('describes every route and no other', () => {
    const missing = operations().filter(({ operation }) => operation === undefined);
    expect(missing).toEqual([]);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = apiRoutesOf(vpms).map((route) => `${route.method} ${templateOf(route)}`);
    expect(described.sort()).toEqual(routes.sort());
  });

  it('gives each operation a unique name and a summary', () => {
    const names = operations().map(({ operation }) => operation?.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { route, operation } of operations()) {
      const remedy = `Add @ApiOperation({ summary: … }) to ${route.method} ${route.path}.`;
      expect(operation?.summary, remedy).toMatch(/\S/);
    }
  });

  it('has a tariff as an example that is accepted unchanged at any time', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const { id } = await createLot(vpms);
    const route = document.paths['/api/admin/parking-lots/{id}/tariff']?.['put'];
    const examples = route?.requestBody?.content['application/json']?.examples ?? {};
    const bodies = Object.values(examples).map(({ value }) => value);
    expect(bodies).not.toEqual([]);
    for (const body of bodies) expect((await admin.setTariff(id, body)).status).toBe(200);
  });

  it('offers an Idempotency-Key on every POST, except for logins, passwords and events at gates', () => {
    const withoutKey = operations().flatMap(({ route: { method, path }, operation }) => {
      const names = (operation?.parameters ?? []).map(({ name }) => name.toLowerCase());
      return method === 'POST' && !names.includes('idempotency-key') ? [path] : [];
    });
    // Idempotency records belong to accounts, so gates have none: they identify events by `event_id`.
    expect(withoutKey.sort()).toEqual([
      '/api/admin/login',
      '/api/auth/change-password',
      '/api/auth/logout',
      '/api/auth/reset-password',
      '/api/gate/entries',
      '/api/gate/exits',
      '/api/user/forgot-password',
      '/api/user/login',
      '/api/user/register',
    ]);
  });

  it('requires the token on exactly the routes that the guard protects', () => {
    for (const { route, operation } of operations()) {
      const isClosed = route.access !== 'public';
      expect([route.path, (operation?.security ?? []).length > 0]).toEqual([route.path, isClosed]);
      const documented = Object.keys(operation?.responses ?? {});
      const expected = isClosed ? ['401', '403'] : [];
      expect([route.path, documented]).toEqual([route.path, expect.arrayContaining(expected)]);
    }
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
    });
  });

  it('describes each error as a problem with an example for each code', () => {
    for (const { route, operation } of operations()) {
      for (const [status, response] of Object.entries(operation?.responses ?? {})) {
        // A health check returns the state of dependencies, not a problem.
        if (Number(status) < 400 || route.path.startsWith('/health')) continue;
        expect(response.description).toMatch(/`[A-Z_]+`/);
        const content = response.content?.['application/problem+json'];
        expect(content).toMatchObject({
          schema: { $ref: '#/components/schemas/ProblemDto' },
          examples: expect.any(Object),
        });
      }
    }
  });

  it('describes exactly one successful response of each route, apart from 304', () => {
    for (const { route, operation } of operations()) {
      const good = Object.keys(operation?.responses ?? {}).filter((status) => status < '300');
      const remedy = `Declare one successful response of ${route.method} ${route.path}, such as @ApiOkResponse({ type: … }).`;
      expect(good, remedy).toHaveLength(1);
    }
  });

  it('names the parameters of each path', () => {
    for (const { route, operation } of operations()) {
      const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      const described = (operation?.parameters ?? []).filter(
        (parameter) => parameter.in === 'path',
      );
      const remedy = `Add @ApiId() or @ApiParam({ name: … }) to ${route.method} ${route.path}.`;
      expect(
        described.map(({ name }) => name),
        remedy,
      ).toEqual(inPath);
    }
  });

  it('has the bounds of every field that is stored', () => {
    // Read the stored file, because the tests run code that was not compiled with the plugin that adds
    // types.
    const text = readFileSync('docs/openapi.json', 'utf8');
    const { paths, components } = JSON.parse(text) as Document;
    const schemas = components.schemas as Record<string, { properties?: Record<string, Field> }>;
    const bodies = new Set(
      Object.values(paths)
        .flatMap((methods) => Object.values(methods))
        .flatMap(({ requestBody }) => referencesOf(requestBody)),
    );
    expect(bodies.size).toBeGreaterThan(5);
    // The loop over a set also visits elements that are added meanwhile: the nested schemas.
    for (const name of bodies) for (const nested of referencesOf(schemas[name])) bodies.add(nested);
    const unbounded = [...bodies].flatMap((name) =>
      Object.entries(schemas[name]?.properties ?? {})
        .filter(([, field]) => !isBounded(field))
        .map(([field]) => `${name}.${field}`),
    );
    expect(unbounded.sort()).toEqual([...NOT_STORED].sort());
  });

  it('has a page that loads only local files', async () => {
    const page = await vpms.http.get('/api/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const parts = [...page.text.matchAll(/(?:src|href)="(\.\/docs\/[^"]+)"/g)];
    expect(parts.length).toBeGreaterThan(3);
    for (const [, part = ''] of parts) {
      const { status } = await vpms.http.get(new URL(part, 'http://vpms/api/docs').pathname);
      expect([part, status]).toEqual([part, 200]);
    }
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/<script(?! src)[^>]*>[^<]/);
  });
});

/** The names of the schemas that a part of the document refers to. */
function referencesOf(part: unknown = {}): string[] {
  return [...JSON.stringify(part).matchAll(/schemas\/(\w+)/g)].map(([, name = '']) => name);
}

function isBounded(field: Field): boolean {
  if (field.$ref) return true;
  const { type, maxLength, maxItems, minimum, maximum, pattern, format, enum: values } = field;
  if (type === 'boolean') return true;
  if (type === 'array') return maxItems !== undefined;
  if (type === 'string') {
    return maxLength !== undefined || !!values || !!pattern || format === 'date-time';
  }
  return minimum !== undefined && maximum !== undefined;
}
