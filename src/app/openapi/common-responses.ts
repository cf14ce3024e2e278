import { STATUS_CODES } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import { codesOf, problemResponses } from '../../platform/errors/api-problems.js';
import { type ProblemCode, PROBLEMS } from '../../platform/errors/problem-codes.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const BODY_PROBLEMS: readonly ProblemCode[] = ['MALFORMED_REQUEST', 'BODY_TOO_LARGE', 'NOT_JSON'];
/** Returned for a path parameter with an escape sequence that cannot be decoded. */
const PATH_PARAMETER_PROBLEMS: readonly ProblemCode[] = ['MALFORMED_REQUEST'];
const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'RATE_LIMITED',
  'HEADERS_TOO_LARGE',
  'INTERNAL_ERROR',
  'DATABASE_UNAVAILABLE',
];

/** Response headers that the routes refer to. */
export const HEADERS = {
  'X-Request-Id': {
    description: "The request's id in the operator's log: the client's own, if it sent a valid one",
    schema: { type: 'string', example: '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60' },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate (RFC 6750)',
    schema: { type: 'string', example: 'Bearer' },
  },
  'Retry-After': {
    description: 'Seconds after which to try again',
    schema: { type: 'integer', example: 2 },
  },
  'RateLimit-Policy': {
    description:
      'The limits that count this request: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers)',
    schema: { type: 'string', example: '"requests-of-account";q=3000;w=60' },
  },
  RateLimit: {
    description:
      'What remains of each limit of `RateLimit-Policy`: `r` requests within the next `t` seconds',
    schema: { type: 'string', example: '"requests-of-account";r=0;t=42' },
  },
};

/**
 * Adds to each route the responses and headers that all routes share. Returns the codes of all
 * documented errors, whose examples the responses refer to.
 */
export function addCommonResponses({ paths }: OpenAPIObject): ReadonlySet<ProblemCode> {
  const used = new Set<ProblemCode>();
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      // An explicit empty list states that the route needs no token.
      operation.security ??= [];
      if (path.startsWith('/api/')) addProblems(operation, problemsOf(method, path));
      for (const code of Object.values(operation.responses).flatMap(codesOf)) used.add(code);
      for (const [status, response] of Object.entries(operation.responses)) {
        if (!response || '$ref' in response) continue;
        response.description ||= STATUS_CODES[status] ?? '';
        const id = { $ref: '#/components/headers/X-Request-Id' };
        response.headers = { 'X-Request-Id': id, ...response.headers };
      }
    }
  }
  return used;
}

/** Errors that are returned before the controller runs. Every method except GET reads a body. */
function problemsOf(method: (typeof METHODS)[number], path: string): readonly ProblemCode[] {
  return [
    ...(method === 'get' ? [] : BODY_PROBLEMS),
    ...(path.includes('{') ? PATH_PARAMETER_PROBLEMS : []),
    ...COMMON_PROBLEMS,
  ];
}

function addProblems(operation: Operation, common: readonly ProblemCode[]): void {
  const declared = Object.values(operation.responses).flatMap(codesOf);
  const codes = new Set([...declared, ...common]);
  const inOrder = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code));
  for (const { status, ...response } of problemResponses(inOrder)) {
    operation.responses[status] = response;
  }
}
