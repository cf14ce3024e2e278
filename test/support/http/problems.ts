import { expect } from 'vitest';
import type { ProblemCode } from '../../../src/platform/errors/problem-codes.js';
import type { Answer } from './http-client.js';

/** What an error answer must never hold: stacks, SQL, file paths. */
export const LEAKS =
  /\bat \S+ \(|\.[jt]s:\d|node_modules|SQLITE|SELECT |INSERT |UPDATE |\/tmp\/|\/home\//;

/**
 * The answer is problem+json of that status and code, complete, and names exactly those fields.
 * @param cause such as `409 LOT_FULL`
 */
export function expectProblem(
  answer: Answer,
  cause: `${number} ${ProblemCode}`,
  fields?: readonly string[],
): void {
  const [status, code = ''] = cause.split(' ');
  expect(`${answer.status} ${answer.body?.code}`, answer.text.slice(0, 300)).toBe(cause);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toEqual({
    type: `urn:vpms:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.stringMatching(/\S/),
    status: Number(status),
    detail: expect.stringMatching(/\S/),
    message: expect.stringMatching(/\S/),
    instance: expect.stringMatching(/^\//),
    code,
    request_id: answer.headers.get('x-request-id'),
    ...(code === 'VALIDATION_FAILED' ? { errors: expect.any(Array) } : {}),
  });
  expect(answer.body.request_id).toMatch(/^\S+$/);
  expect(answer.text).not.toMatch(LEAKS);
  if (fields) expect(namedFields(answer)).toEqual([...fields].sort());
  if (answer.status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  if (answer.status === 429) {
    expect(answer.headers.get('ratelimit')).toMatch(/^"[a-z-]+";r=0;t=[1-9]\d*$/);
    expect(answer.headers.get('ratelimit-policy')).toMatch(/^"[a-z-]+";q=\d+;w=\d+$/);
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }
  if (answer.status === 503) expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

/** The fields that the answer's `errors` name, each with a sentence. */
function namedFields({ body }: Answer): string[] {
  const errors = body.errors as { field: string; message: string }[];
  for (const { message } of errors) expect(message).toMatch(/\S/);
  return errors.map(({ field }) => field).sort();
}
