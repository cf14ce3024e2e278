import { STATUS_CODES } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import { codesOf, problemResponses } from '../../platform/errors/api-problems.js';
import { type ProblemCode, PROBLEMS } from '../../platform/errors/problem-codes.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'delete'] as const;
const OF_A_BODY: readonly ProblemCode[] = ['MALFORMED_REQUEST', 'BODY_TOO_LARGE', 'NOT_JSON'];
/** An escape that cannot be decoded. */
const OF_A_PATH_PARAMETER: readonly ProblemCode[] = ['MALFORMED_REQUEST'];
const OF_ANY_ROUTE: readonly ProblemCode[] = [
  'RATE_LIMITED',
  'HEADERS_TOO_LARGE',
  'INTERNAL_ERROR',
  'DATABASE_UNAVAILABLE',
];

/** Headers to which the answers refer. */
export const HEADERS = {
  'X-Request-Id': {
    description: "The request's id in the operator's log: the caller's own, if it sent one",
    schema: { type: 'string', example: '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60' },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate (RFC 6750)',
    schema: { type: 'string', example: 'Bearer' },
  },
  'Retry-After': {
    description: 'Seconds after which it is worth another try',
    schema: { type: 'integer', example: 2 },
  },
  'RateLimit-Policy': {
    description:
      'Which limits count this request: `q` of them in `w` seconds (draft-ietf-httpapi-ratelimit-headers)',
    schema: { type: 'string', example: '"requests-of-token";q=3000;w=60' },
  },
  RateLimit: {
    description: 'What is left of each of those limits: `r` more within the next `t` seconds',
    schema: { type: 'string', example: '"requests-of-token";r=0;t=42' },
  },
};

/**
 * Adds to each route what is alike on all of them, so that no controller has to say it. Returns the
 * codes of all problems, whose examples the answers refer to.
 */
export function completeAnswers({ paths }: OpenAPIObject): ReadonlySet<ProblemCode> {
  const used = new Set<ProblemCode>();
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      // Without this the document would not say that no token is needed.
      operation.security ??= [];
      if (path.startsWith('/api/')) addProblems(operation, problemsOf(method, path));
      for (const code of Object.values(operation.responses).flatMap(codesOf)) used.add(code);
      for (const [status, answer] of Object.entries(operation.responses)) {
        if (!answer || '$ref' in answer) continue;
        answer.description ||= STATUS_CODES[status] ?? '';
        const id = { $ref: '#/components/headers/X-Request-Id' };
        answer.headers = { 'X-Request-Id': id, ...answer.headers };
      }
    }
  }
  return used;
}

/** What is answered before a controller is asked. A body is read with any method but GET. */
function problemsOf(method: (typeof METHODS)[number], path: string): readonly ProblemCode[] {
  return [
    ...(method === 'get' ? [] : OF_A_BODY),
    ...(path.includes('{') ? OF_A_PATH_PARAMETER : []),
    ...OF_ANY_ROUTE,
  ];
}

function addProblems(operation: Operation, codesOfEach: readonly ProblemCode[]): void {
  const declared = Object.values(operation.responses).flatMap(codesOf);
  const codes = new Set([...declared, ...codesOfEach]);
  const inOrder = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code));
  for (const { status, ...answer } of problemResponses(inOrder)) {
    operation.responses[status] = answer;
  }
}
