import { expect } from 'vitest';
import { type ProblemCode, PROBLEMS } from '../../../src/platform/errors/problem-codes.js';
import type { Answer } from '../http/http-client.js';
import { expectProblem } from '../http/problems.js';
import type { Operation } from '../http/operations.js';
import type { FuzzRequest } from './requests.js';

/** What is answered before the program asks for the token. */
const BEFORE_THE_TOKEN = [400, 413, 415];

/** The answer is one that the document promises for that request, whatever the request was. */
export function checkAnswer(
  sent: FuzzRequest,
  answer: Answer,
  operations: readonly Operation[],
): void {
  const { status } = answer;
  expect(status).toBeLessThan(500);
  expect(answer.headers.get('x-request-id')).toMatch(/^\S+$/);
  if (status >= 400 && sent.method !== 'HEAD') expectSomeProblem(answer);
  const operation = operationOf(sent, operations);
  if (operation) {
    expectDocumented(answer, operation);
    if (operation.needsToken && ['nobody', 'revoked', 'stranger'].includes(sent.caller)) {
      expect([401, ...BEFORE_THE_TOKEN]).toContain(status);
    }
  } else {
    expect([404, ...BEFORE_THE_TOKEN, ...(sent.method === 'OPTIONS' ? [204] : [])]).toContain(
      status,
    );
  }
}

/** Undefined where the request leads to no route. */
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

function expectDocumented({ status, headers }: Answer, { answers }: Operation): void {
  const types = answers[status];
  const documented = Object.entries(answers).map(([code, all]) => `${code} ${all.join(', ')}`);
  const [type] = (headers.get('content-type') ?? '').split(';');
  const given = types && types.length === 0 ? `${status} ` : `${status} ${type}`;
  expect(documented).toContain(given);
  if (types?.length === 0) expect(headers.get('content-type')).toBeNull();
}

function expectSomeProblem(answer: Answer): void {
  const code: unknown = answer.body?.code;
  expect(Object.keys(PROBLEMS)).toContain(code);
  expectProblem(answer, `${answer.status} ${code as ProblemCode}`);
}
