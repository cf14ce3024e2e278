import { expect } from 'vitest';
import type { ProblemCode } from '../../../src/platform/errors/problem-codes.js';
import type { HttpResponse } from './clients/http-client.js';

/** Text that an error response must never contain: stacks, SQL, file paths. */
export const LEAKS =
  /\bat \S+ \(|\.[jt]s:\d|node_modules|SQLITE|SELECT |INSERT |UPDATE |\/tmp\/|\/home\//;

const NAMES_FIELDS: ReadonlySet<string> = new Set<ProblemCode>([
  'VALIDATION_FAILED',
  'CURRENT_PASSWORD_WRONG',
]);

/**
 * Expects a complete problem+json response with the status and code of the cause, and with exactly the
 * given fields.
 * @param cause such as `409 LOT_FULL`
 */
export function expectProblem(
  response: HttpResponse,
  cause: `${number} ${ProblemCode}`,
  fields?: readonly string[],
): void {
  const [status, code = ''] = cause.split(' ');
  expect(`${response.status} ${response.body?.code}`, response.text.slice(0, 300)).toBe(cause);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(response.body).toEqual({
    type: `urn:vpms:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.stringMatching(/\S/),
    status: Number(status),
    detail: expect.stringMatching(/\S/),
    message: expect.stringMatching(/\S/),
    instance: expect.stringMatching(/^\//),
    code,
    request_id: response.headers.get('x-request-id'),
    ...(NAMES_FIELDS.has(code) ? { errors: expect.any(Array) } : {}),
  });
  expect(response.body.request_id).toMatch(/^\S+$/);
  expect(response.text).not.toMatch(LEAKS);
  if (fields) expect(fieldsInErrors(response)).toEqual([...fields].sort());
  if (response.status === 401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
  if (response.status === 429) {
    expect(response.headers.get('ratelimit')).toMatch(/^"[a-z-]+";r=0;t=[1-9]\d*$/);
    expect(response.headers.get('ratelimit-policy')).toMatch(/^"[a-z-]+";q=\d+;w=\d+$/);
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }
  if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

/** The fields in the response's `errors`, each with a message. */
function fieldsInErrors({ body }: HttpResponse): string[] {
  const errors = body.errors as { field: string; message: string }[];
  for (const { message } of errors) expect(message).toMatch(/\S/);
  return errors.map(({ field }) => field).sort();
}
