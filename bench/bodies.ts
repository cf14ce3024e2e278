import { once } from 'node:events';
import { resolve } from 'node:path';
import { worstPreviews } from './previews.js';
import { startProcess, type VpmsProcess } from '../test/support/app/processes.js';

/**
 * Measures the longest block of the event loop for the worst bodies of every route that takes one.
 * The bound of 10 ms is stated in docs/limits.md. Run it with `npm run bench:bodies`.
 */
const SIZE = 96 * 1024;
const REPETITIONS = 10;
/** The shortest of this many measurements counts, because other load can only prolong a block. */
const MEASUREMENTS = 3;

type Role = 'admin' | 'driver';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly role?: Role;
  readonly field: string;
  /** Bodies that are extreme for this route. */
  readonly bodies?: Readonly<Record<string, string>>;
}

const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/user/register', field: 'username' },
  { method: 'POST', path: '/api/user/login', field: 'username' },
  { method: 'POST', path: '/api/admin/login', field: 'password' },
  { method: 'POST', path: '/api/auth/change-password', role: 'driver', field: 'new_password' },
  { method: 'POST', path: '/api/auth/logout', role: 'driver', field: 'x' },
  { method: 'POST', path: '/api/user/book-parking', role: 'driver', field: 'remarks' },
  { method: 'POST', path: '/api/user/bookings/1/release', role: 'driver', field: 'x' },
  { method: 'POST', path: '/api/user/export-csv-async', role: 'driver', field: 'x' },
  { method: 'POST', path: '/api/admin/parking-lots', role: 'admin', field: 'address' },
  { method: 'PUT', path: '/api/admin/parking-lots/1', role: 'admin', field: 'address' },
  {
    method: 'POST',
    path: '/api/admin/tariffs/preview',
    role: 'admin',
    field: 'time_zone',
    bodies: worstPreviews(),
  },
  { method: 'POST', path: '/api/admin/jobs/daily-reminders/run', role: 'admin', field: 'period' },
];

/** For comparison: the blocks that the machine itself and a garbage collection cause. */
const SMALL_BODY = '{"x":1}';

/** Bodies of 96 KiB, by what is extreme about them. */
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
  nodeOptions: ['--max-semi-space-size=8', '--import', resolve('test/support/app/monitor.mjs')],
});
const { http } = vpms;
const driver = { username: 'driver', email: 'driver@example.com', password: 'test123' };
await http.post('/api/user/register', { body: driver });
const tokenOf = async (path: string, body: object) =>
  String((await http.post(path, { body })).body.token);
const tokens: Record<Role, string> = {
  driver: await tokenOf('/api/user/login', driver),
  admin: await tokenOf('/api/admin/login', { username: 'admin', password: 'admin123' }),
};

for (const { method, path, role, field, bodies = {} } of ROUTES) {
  let worst = { max: 0, bytes: 0, name: '' };
  const token = role && tokens[role];
  const headers = { 'content-type': 'application/json' };
  const request = async (raw: string) =>
    (await http.request(method, path, { token, raw, headers })).text.length;
  for (const [name, raw] of Object.entries({ ...worstBodies(field), ...bodies })) {
    await request(raw);
    const measured = await measure(vpms, () => request(raw));
    if (measured.max > worst.max) worst = { ...worst, ...measured, name };
    worst.bytes = Math.max(worst.bytes, measured.bytes);
  }
  const small = await measure(vpms, () => request(SMALL_BODY));
  const line = `small body ${small.max.toFixed(1)} ms, worst ${worst.max.toFixed(1)} ms (${worst.name}), longest response ${worst.bytes} bytes`;
  process.stdout.write(`${method} ${path}: ${line}\n`);
}
