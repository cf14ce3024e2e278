import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { worstPreviews } from './previews.js';
import { startProcess, type VpmsProcess } from '../test/support/processes/processes.js';

/**
 * Measures the longest block of the event loop for the worst bodies of every route that takes a body. Run it
 * with `npm run bench:bodies`; docs/limits.md has a result.
 */
const SIZE = 96 * 1024;
const REPETITIONS = 10;
/** The shortest of this many measurements counts, because other load can only prolong a block. */
const MEASUREMENTS = 3;

type Caller = 'admin' | 'driver' | 'gate' | 'stranger';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly caller: Caller;
  readonly field: string;
}

interface Operation {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { schema: { $ref: string } }>>;
  };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: object }>>;
  };
}

const PUBLIC = /\/(register|login|forgot-password|reset-password)$/;

/** Every route that takes a JSON body according to the OpenAPI document, with one field of the body. */
function routesWithBody({ paths, components }: Document): readonly Route[] {
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).flatMap(([method, { requestBody }]) => {
      if (!requestBody) return [];
      const schema = requestBody.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
      const [field = 'x'] = Object.keys(components.schemas[schema]?.properties ?? {});
      const path = template.replace('{name}', 'daily-reminders').replace(/\{\w+\}/g, '1');
      return [{ method: method.toUpperCase(), path, caller: callerOf(template), field }];
    }),
  );
}

function callerOf(path: string): Caller {
  // `reset-password` with a token in the body is public; with an id in the path it is for admins.
  if (PUBLIC.test(path) && !path.includes('{id}')) return 'stranger';
  if (path.startsWith('/api/admin/')) return 'admin';
  return path.startsWith('/api/gate/') ? 'gate' : 'driver';
}

/** Bodies that are extreme for one route. */
const EXTREME_BODIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/api/admin/tariffs/preview': worstPreviews(),
  '/api/user/quotes': {
    'ten years': JSON.stringify({
      lot_id: 1,
      from: '2027-01-01T00:00:00Z',
      until: '2036-12-31T00:00:00Z',
    }),
  },
};

/** A body for comparison: the machine itself and garbage collection cause its blocks. */
const SMALL_BODY = '{"x":1}';

/** Bodies of 96 KiB; each key names what is extreme about the body. */
function worstBodies(field: string): Readonly<Record<string, string>> {
  const repeat = (part: (index: number) => string, length: number) =>
    Array.from({ length: Math.floor(SIZE / length) }, (_, index) => part(index)).join(',');
  return {
    'unknown fields': `{${repeat((index) => `"${index.toString(36)}":1`, 8)}}`,
    '100 unknown fields': `{${Array.from({ length: 100 }, (_, index) => `"${'x'.repeat(900)}${index}":1`).join(',')}}`,
    'one field name': `{"${'x'.repeat(SIZE)}":1}`,
    'a long text': `{"${field}":"${'x'.repeat(SIZE)}"}`,
    'a long text of emoji': `{"${field}":"${'😀'.repeat(SIZE / 4)}"}`,
    'escaped text': `{"${field}":"${'\\u00e9'.repeat(SIZE / 6)}"}`,
    'array elements': `{"${field}":[${repeat(() => '1', 2)}]}`,
    'empty objects': `{"${field}":[${repeat(() => '{}', 3)}]}`,
    nesting: `{"${field}":${'['.repeat(SIZE / 2)}${']'.repeat(SIZE / 2)}}`,
    'a long number': `{"${field}":${'9'.repeat(SIZE)}}`,
    'no JSON': `{"${field}":"${'x'.repeat(SIZE)}`,
    'duplicate fields': `{${repeat(() => `"${field}":1`, field.length + 5)}}`,
    'not UTF-8': `{"${field}":"${'\uFFFD'.repeat(SIZE / 3)}"`,
  };
}

/** The longest block in ms, and the longest response in bytes, while the body is sent repeatedly. */
async function measure(vpms: VpmsProcess, send: () => Promise<number>) {
  const blocks: number[] = [];
  let bytes = 0;
  for (let count = 0; count < MEASUREMENTS; count += 1) {
    vpms.child.send('start');
    for (let sent = 0; sent < REPETITIONS; sent += 1) bytes = Math.max(bytes, await send());
    vpms.child.send('read');
    const [{ max }] = (await once(vpms.child, 'message')) as [{ max: number }];
    blocks.push(max);
  }
  return { max: Math.min(...blocks), bytes };
}

const environment = { RATE_LIMIT_ENABLED: 'false' };
await using vpms = await startProcess({
  environment,
  nodeOptions: [
    '--max-semi-space-size=8',
    '--import',
    resolve('test/support/processes/monitor.mjs'),
  ],
});
const { http } = vpms;
const driver = { username: 'driver', email: 'driver@example.com', password: 'test123' };
await http.post('/api/user/register', { body: driver });
const tokenOf = async (path: string, body: object) =>
  String((await http.post(path, { body })).body.token);
const admin = await tokenOf('/api/admin/login', { username: 'admin', password: 'admin123' });
const lot = { prime_location_name: 'Worst', address: 'Street 1', pin_code: '123456' };
const asAdmin = (path: string, body: object) => http.post(path, { token: admin, body });
await asAdmin('/api/admin/parking-lots', { ...lot, price: 10, number_of_spots: 5 });
const gate = await asAdmin('/api/admin/gates', { lot_id: 1, name: 'Gate', direction: 'both' });
const tokens: Readonly<Record<Caller, string | undefined>> = {
  driver: await tokenOf('/api/user/login', driver),
  admin,
  gate: String(gate.body.key),
  stranger: undefined,
};

const document = JSON.parse(await readFile('docs/openapi.json', 'utf8')) as Document;
for (const { method, path, caller, field } of routesWithBody(document)) {
  let worst = { max: 0, bytes: 0, name: '' };
  const headers = { 'content-type': 'application/json' };
  const request = async (raw: string) =>
    (await http.request(method, path, { token: tokens[caller], raw, headers })).text.length;
  for (const [name, raw] of Object.entries({ ...worstBodies(field), ...EXTREME_BODIES[path] })) {
    await request(raw);
    const measured = await measure(vpms, () => request(raw));
    if (measured.max > worst.max) worst = { ...worst, ...measured, name };
    worst.bytes = Math.max(worst.bytes, measured.bytes);
  }
  const small = await measure(vpms, () => request(SMALL_BODY));
  const line = `small body ${small.max.toFixed(1)} ms, worst ${worst.max.toFixed(1)} ms (${worst.name}), longest response ${worst.bytes} bytes`;
  process.stdout.write(`${method} ${path}: ${line}\n`);
}
