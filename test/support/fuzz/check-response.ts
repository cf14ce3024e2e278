import { expect } from 'vitest';
import { type ProblemCode, PROBLEMS } from '../../../src/platform/errors/problem-codes.js';
import type { HttpResponse } from '../http/clients/http-client.js';
import { expectProblem } from '../http/problems.js';
import type { Operation } from '../http/operations.js';
import type { FuzzRequest } from './requests.js';

/** Errors that are returned before the token is checked. */
const BEFORE_AUTHENTICATION = [400, 413, 415];

/** Expects a documented response to the request. */
export function checkResponse(
  sent: FuzzRequest,
  response: HttpResponse,
  operations: readonly Operation[],
): void {
  const { status } = response;
  // The program under test has no mail server.
  const needsMail = response.body?.code === 'MAIL_UNAVAILABLE';
  if (!needsMail) expect(status).toBeLessThan(500);
  expect(response.headers.get('x-request-id')).toMatch(/^\S+$/);
  if (status >= 400 && sent.method !== 'HEAD') expectSomeProblem(response);
  const operation = operationOf(sent, operations);
  if (operation) {
    expectDocumented(response, operation);
    if (operation.needsToken && ['anonymous', 'revoked', 'forged'].includes(sent.identity)) {
      expect([401, ...BEFORE_AUTHENTICATION]).toContain(status);
    }
  } else {
    expect([404, ...BEFORE_AUTHENTICATION, ...(sent.method === 'OPTIONS' ? [204] : [])]).toContain(
      status,
    );
  }
}

/** Undefined if the request matches no route. */
function operationOf(
  { operation: { path }, method, url }: FuzzRequest,
  operations: readonly Operation[],
): Operation | undefined {
  const pattern = path.replaceAll(/\{\w+\}/g, '[^/]+');
  const [address = ''] = url.split('?');
  if (!new RegExp(`^${pattern}$`).test(address)) return undefined;
  const wanted = method === 'HEAD' ? 'GET' : method;
  return operations.find((candidate) => candidate.path === path && candidate.method === wanted);
}

function expectDocumented({ status, headers }: HttpResponse, { responses }: Operation): void {
  const types = responses[status];
  const documented = Object.entries(responses).flatMap(([code, all]) =>
    all.length === 0 ? [`${code} `] : all.map((media) => `${code} ${media}`),
  );
  const [type] = (headers.get('content-type') ?? '').split(';');
  const given = types && types.length === 0 ? `${status} ` : `${status} ${type}`;
  expect(documented).toContain(given);
  if (types?.length === 0) expect(headers.get('content-type')).toBeNull();
}

function expectSomeProblem(response: HttpResponse): void {
  const code: unknown = response.body?.code;
  expect(Object.keys(PROBLEMS)).toContain(code);
  expectProblem(response, `${response.status} ${code as ProblemCode}`);
}
