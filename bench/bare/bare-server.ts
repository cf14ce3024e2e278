import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { verify } from '@node-rs/argon2';
import { accountResponse } from './responses.js';
import { commitEach, commitGroups } from './commits.js';
import { openPostgresStore } from './postgres-store.js';
import { openSqliteStore } from './sqlite-store.js';
import { HttpError, type Json, type Session, type Store } from './store.js';
import { Tokens } from './tokens.js';

/**
 * A minimal server with the same API: `node:http`, a switch as router, hand-written SQL. It checks
 * tokens, sessions and bodies as far as the benchmark needs, and returns the same JSON. On SQLite, the
 * database creates the JSON from counters and rows.
 */
const { env } = process;
const tokens = new Tokens(env['JWT_SECRET'] ?? '');
const store = openStore();

function openStore(): Store {
  if (env['DATABASE_URL']) return openPostgresStore(env['DATABASE_URL']);
  const commits = env['COMMITS'] === 'groups' ? commitGroups : commitEach;
  return openSqliteStore(join(env['DATA_DIR'] ?? '.', 'vpms.db'), commits);
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/' } = request;
  const body = method === 'POST' ? await readBody(request) : {};
  if (url === '/api/user/login') return send(response, 200, JSON.stringify(await logIn(body)));

  const { id, role } = await authenticate(request);
  switch (`${method} ${url}`) {
    case 'GET /api/user/parking-lots/available':
      expectRole(role, 'user');
      return send(response, 200, await store.availableLots());
    case 'GET /api/user/bookings':
      expectRole(role, 'user');
      return send(response, 200, await store.bookings(id));
    case 'GET /api/admin/stats':
      expectRole(role, 'admin');
      return send(response, 200, await store.statistics());
    case 'GET /api/admin/parking-lots':
      expectRole(role, 'admin');
      return send(response, 200, await store.lots());
    case 'POST /api/user/book-parking':
      expectRole(role, 'user');
      return send(response, 201, await store.book(bookingOf(id, body)));
    default: {
      const released = /^\/api\/user\/bookings\/(\d+)\/release$/.exec(url)?.[1];
      if (method !== 'POST' || !released) throw new HttpError(404, 'ROUTE_NOT_FOUND');
      expectRole(role, 'user');
      return send(response, 200, await store.release(id, Number(released)));
    }
  }
}

async function authenticate({ headers }: IncomingMessage): Promise<Session> {
  const claims = tokens.verify(headers.authorization);
  if (!claims) throw new HttpError(401, 'TOKEN_INVALID');
  const session = await store.findSession(claims.jti);
  if (!session || String(session.id) !== claims.sub || session.role !== claims.role) {
    throw new HttpError(401, 'TOKEN_REVOKED');
  }
  return session;
}

function expectRole(role: string, expected: string): void {
  if (role !== expected) throw new HttpError(403, 'ROLE_FORBIDDEN');
}

async function logIn({ username, password }: Record<string, unknown>): Promise<object> {
  if (typeof username !== 'string' || typeof password !== 'string') throw invalid();
  const account = await store.findAccount(username.toLowerCase());
  if (!account || account.role !== 'user' || !(await verify(account.passwordHash, password))) {
    throw new HttpError(401, 'CREDENTIALS_WRONG');
  }
  const { jti, exp, token } = tokens.issue(account.id, account.role);
  await store.openSession(jti, account, exp * 1_000);
  return { token, token_type: 'Bearer', expires_in: 86_400, user: accountResponse(account) };
}

function bookingOf(userId: number, body: Record<string, unknown>) {
  const { lot_id: lotId, vehicle_number: vehicleNumber = null } = body;
  const isText = typeof vehicleNumber === 'string' && vehicleNumber.length <= 20;
  if (typeof lotId !== 'number' || !Number.isSafeInteger(lotId)) throw invalid();
  if (vehicleNumber !== null && !isText) throw invalid();
  return { userId, lotId, vehicleNumber };
}

function invalid(): HttpError {
  return new HttpError(400, 'VALIDATION_FAILED');
}

/** Uses events, because an asynchronous iterator costs more than the parsing. */
function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (text += piece));
    request.once('error', reject);
    request.once('end', () => {
      resolve(text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
    });
  });
}

function send(response: ServerResponse, status: number, json: Json): void {
  const body = Buffer.from(json);
  response.writeHead(status, {
    'content-type': `application/${status < 400 ? 'json' : 'problem+json'}; charset=utf-8`,
    'content-length': body.length,
  });
  response.end(body);
}

function sendError({ url = '/' }: IncomingMessage, response: ServerResponse, error: unknown): void {
  const { status, code } =
    error instanceof HttpError ? error : new HttpError(500, `INTERNAL_ERROR ${String(error)}`);
  const type = `urn:vpms:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  const problem = { type, title: code, status, detail: code, message: code, instance: url, code };
  send(response, status, JSON.stringify(problem));
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => sendError(request, response, error));
});
server.listen(Number(env['PORT']), env['HOST'], () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.stdout.write(`The bare server is at http://${env['HOST']}:${port}, waiting\n`);
});
process.once('SIGTERM', () => process.exit(0));
