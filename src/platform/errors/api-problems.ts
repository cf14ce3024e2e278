import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import type { FieldError } from './coded-error.js';
import { PROBLEMS, type ProblemCode, problemType } from './problem-codes.js';

const MEDIA_TYPE = 'application/problem+json';
const CODES = Object.keys(PROBLEMS) as ProblemCode[];

type Examples = NonNullable<NonNullable<OpenAPIObject['components']>['examples']>;

/**
 * Documents the errors that a route itself returns. The errors that every route returns are added to the
 * document.
 */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...problemResponses(codes).map((response) => ApiResponse(response)));
}

/** The error responses for these codes, one per status, with an example per code. */
export function problemResponses(codes: readonly ProblemCode[]) {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return statuses.map((status) => {
    const ofStatus = codes.filter((code) => PROBLEMS[code].status === status);
    const examples = ofStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
    return {
      status,
      description: ofStatus.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('<br>'),
      headers: headersOf(status, ofStatus),
      content: {
        [MEDIA_TYPE]: {
          schema: { $ref: '#/components/schemas/ProblemDto' },
          examples: Object.fromEntries(examples),
        },
      },
    };
  });
}

/** The codes of a response made by {@link problemResponses}; empty for any other response. */
export function codesOf(response: object | undefined): readonly ProblemCode[] {
  const { content } = (response ?? {}) as Partial<ReturnType<typeof problemResponses>[number]>;
  const examples = content?.[MEDIA_TYPE]?.examples ?? {};
  return CODES.filter((code) => code in examples);
}

/** One example per code, to which the responses refer. */
export function problemExamples(codes: ReadonlySet<ProblemCode>): Examples {
  const used = CODES.filter((code) => codes.has(code));
  return Object.fromEntries(used.map((code) => [code, { value: example(code) }]));
}

function headersOf(
  status: number,
  codes: readonly ProblemCode[],
): Record<string, { $ref: string }> {
  if (status === 401) return { 'WWW-Authenticate': header('WWW-Authenticate') };
  if (status === 429) {
    const names = ['Retry-After', 'RateLimit', 'RateLimit-Policy'];
    return Object.fromEntries(names.map((name) => [name, header(name)]));
  }
  if (status === 503 || codes.includes('IDEMPOTENCY_KEY_IN_USE')) {
    return { 'Retry-After': header('Retry-After') };
  }
  return {};
}

/** A reference to a header that the document describes once. */
function header(name: string) {
  return { $ref: `#/components/headers/${name}` };
}

/** Examples for the errors that name a field. */
const FIELD_ERRORS: Readonly<Partial<Record<ProblemCode, FieldError>>> = {
  VALIDATION_FAILED: { field: 'limit', message: 'limit must be a whole number from 1 to 500' },
  CURRENT_PASSWORD_WRONG: { field: 'current_password', message: 'current_password is wrong' },
};

function example(code: ProblemCode) {
  const { status, title } = PROBLEMS[code];
  const isValidation = code === 'VALIDATION_FAILED';
  const field = FIELD_ERRORS[code];
  const detail = isValidation && field ? field.message : `${title}.`;
  return {
    type: problemType(code),
    title,
    status,
    detail,
    message: detail,
    instance: '/api/user/bookings',
    code,
    request_id: '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60',
    ...(field ? { errors: [field] } : {}),
  };
}
