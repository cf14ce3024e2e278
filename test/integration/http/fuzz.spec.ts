import { once } from 'node:events';
import { resolve } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { responseTo, malformedRequests } from '../../support/fuzz/broken-http.js';
import { Identities } from '../../support/fuzz/identities.js';
import { checkResponse } from '../../support/fuzz/check-response.js';
import { CreatedIds } from '../../support/fuzz/created-ids.js';
import { type Document, operationsOf, fuzzShareOf } from '../../support/http/operations.js';
import { type FuzzRequest, requestTo } from '../../support/fuzz/requests.js';
import { Sender } from '../../support/fuzz/sender.js';
import { LEAKS } from '../../support/http/problems.js';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import {
  createTestDatabase,
  databaseEnvironment,
  dropTestDatabase,
  ON_POSTGRES,
} from '../../support/data/test-database.js';
import { violationsOf } from '../../support/checks/violations.js';
import { temporaryDirectory } from '../../support/app/temporary-directory.js';

const REQUESTS = ON_POSTGRES ? 1_500 : 8_000;
/** Requests with some changed bytes, besides those that `malformedRequests` lists. */
const BROKEN_REQUESTS = 200;
/** Maximum number of concurrent requests. */
const AT_ONCE = 8;
/** After this number of failures, no more requests are sent. */
const MAX_FAILURES = 10;
/** Maximum growth of the heap over half of the requests, in MiB: less than 1 KiB per request. */
const MAX_GROWTH = 2;
/**
 * Maximum growth of the resident memory, in MiB. It is larger than that of the heap, because the allocator
 * may keep freed memory.
 */
const MAX_RESIDENT_GROWTH = 50;
/**
 * Minimum share of the operations that succeed at least once. The others need what is hardly ever
 * generated: the right password, a booking in the month, or a name that is not taken.
 */
const MIN_SUCCESSFUL = 0.6;

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

interface Weight {
  /** Heap and external memory after a collection, in MiB. */
  readonly held: number;
  readonly resident: number;
}

describe('random requests', () => {
  const dataDirectory = temporaryDirectory();
  const found = new CreatedIds();
  const failures: string[] = [];
  /** The operations that have succeeded. */
  const good = new Set<string>();
  let vpms: VpmsProcess;
  let document: Document;
  let callers: Identities;
  let sender: Sender;

  beforeAll(async () => {
    process.stdout.write(`The fuzz repeats itself with FUZZ_SEED=${seed}\n`);
    await createTestDatabase(dataDirectory);
    vpms = await startProcess({
      dataDirectory,
      nodeOptions: ['--expose-gc', '--import', resolve('test/support/processes/heap.mjs')],
      environment: { ...databaseEnvironment(dataDirectory), RATE_LIMIT_ENABLED: 'false' },
    });
    document = (await vpms.http.get('/api/docs-json')).body;
    callers = new Identities(vpms.http);
    await callers.prepare();
    sender = new Sender(vpms.http.url);
  }, 90_000);
  afterAll(async () => {
    sender[Symbol.dispose]();
    await vpms[Symbol.asyncDispose]();
    await dropTestDatabase(dataDirectory);
  });

  /** A mix of all routes, which the seed determines. */
  const plan = (): FuzzRequest[] => {
    const operations = operationsOf(document);
    const shares = operations.map(fuzzShareOf);
    const whole = shares.reduce((sum, share) => sum + share, 0);
    return operations
      .flatMap((operation, route) => {
        const numRuns = Math.ceil((REQUESTS * (shares[route] ?? 0)) / whole);
        const requests = requestTo(document, operation);
        const sample = fc.sample(requests, { seed: seed + route, numRuns });
        return sample.map((request, turn) => ({ request, place: turn / numRuns }));
      })
      .toSorted((a, b) => a.place - b.place)
      .map(({ request }) => request);
  };

  const send = async (planned: FuzzRequest): Promise<void> => {
    const { identity: caller, operation } = planned;
    const token = await callers.token(caller);
    const authorization = token === undefined ? [] : [['authorization', `Bearer ${token}`]];
    const headers = { ...Object.fromEntries(authorization), ...planned.headers };
    const request = { ...planned, url: found.urlOf(planned), headers };
    try {
      const response = await sender.send(request);
      const ended = response.body?.code === 'TOKEN_REVOKED' || operation.path.endsWith('logout');
      if (ended) callers.forget(caller, token);
      found.note(caller, response);
      checkResponse(request, response, operationsOf(document));
      if (response.status < 300) good.add(`${request.method} ${operation.path}`);
    } catch (error) {
      const { method, url, body } = request;
      const sent = [`${caller}: ${method} ${url}`, JSON.stringify(headers), body?.toString()];
      failures.push([...sent.map((part) => part?.slice(0, 1_000)), String(error)].join('\n'));
    }
  };

  const sendAll = async (planned: readonly FuzzRequest[]): Promise<void> => {
    const left = planned.values();
    const sendInTurn = async () => {
      for (const each of left) {
        if (failures.length < MAX_FAILURES) await send(each);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendInTurn));
    expect(failures.join('\n\n')).toBe('');
  };

  const weigh = async (): Promise<Weight> => {
    const response = once(vpms.child, 'message');
    vpms.child.send('weigh');
    const [weight] = (await response) as [Weight];
    return weight;
  };

  it('get a documented response and leave nothing in memory', async () => {
    const planned = plan();
    expect(planned.length).toBeGreaterThanOrEqual(REQUESTS);
    const half = planned.length / 2;
    // In the first half the program compiles its code and fills its caches.
    await sendAll(planned.slice(0, half));
    const before = await weigh();
    await sendAll(planned.slice(half));
    const after = await weigh();
    expect(after.held - before.held).toBeLessThan(MAX_GROWTH);
    expect(after.resident - before.resident).toBeLessThan(MAX_RESIDENT_GROWTH);
    if (ON_POSTGRES) return;
    // If an operation never succeeds, the fuzz test covers only its refusals.
    const operations = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
    const succeeded = operations.filter((name) => good.has(name));
    expect(succeeded.length / operations.length).toBeGreaterThan(MIN_SUCCESSFUL);
  }, 600_000);

  it('get a refusal or no response if they are not HTTP', async () => {
    const broken = malformedRequests({ seed, count: BROKEN_REQUESTS }).values();
    const sendInTurn = async () => {
      for (const bytes of broken) {
        const response = await responseTo(bytes, vpms.http.url);
        const fault = faultOf(response);
        if (fault)
          failures.push([bytes.toString('latin1').slice(0, 500), response, fault].join('\n'));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendInTurn));
    expect(failures.slice(0, MAX_FAILURES).join('\n\n')).toBe('');
  }, 120_000);

  it('leave the program running and consistent', async () => {
    expect(vpms.child.exitCode).toBeNull();
    // The last requests may have ended the sessions, or the account of the driver.
    const admin = await callers.newToken('admin');
    const driver = await callers.newToken('driver');
    const lot = { prime_location_name: 'After', address: '1 Main Street', pin_code: '110001' };
    const body = { ...lot, price: 12.5, number_of_spots: 1 };
    const { id } = (await vpms.http.post('/api/admin/parking-lots', { token: admin, body })).body;
    const booked = await vpms.http.as({ token: driver }).book(id);
    expect(booked).toMatchObject({ status: 201, body: { lot_name: 'After', spot_number: '1' } });
    const released = await vpms.http.as({ token: driver }).release(booked.body.id);
    expect(released.body).toMatchObject({ cost: 12.5 });
    expect(await violationsOf({ dataDirectory })).toEqual({});
    const { code, stderr } = await vpms.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

/** Describes an invalid response; undefined if it is valid. */
function faultOf(response: string): string | undefined {
  // There are several responses if the bytes were several requests.
  for (const one of response.split(/(?=^HTTP\/1\.1 )/m)) {
    const [, status = '200'] = /^HTTP\/1\.1 (\d{3}) /.exec(one) ?? [];
    if (status >= '500') return `responds with ${status}`;
    if (LEAKS.test(one)) return 'reveals internals';
    if (status >= '400' && !/^content-type: application\/problem\+json/im.test(one)) {
      return 'refuses without a problem document';
    }
    if (status >= '400' && !/^x-request-id: \S/im.test(one)) return 'refuses without a request id';
  }
  return undefined;
}
