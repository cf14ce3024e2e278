import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './problem.dto.js';
import { PROBLEMS, type ProblemCode, problemType } from './problem-codes.js';

/** Documents the errors that a route answers, grouped by status, with an example for each code. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) => {
      const ofStatus = codes.filter((code) => PROBLEMS[code].status === status);
      return ApiResponse({
        status,
        description: ofStatus.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('<br>'),
        headers: headersOf(status),
        content: {
          'application/problem+json': {
            schema: { $ref: getSchemaPath(ProblemDto) },
            examples: Object.fromEntries(ofStatus.map((code) => [code, { value: example(code) }])),
          },
        },
      });
    }),
  );
}

function headersOf(status: number) {
  const text = { schema: { type: 'string' as const } };
  const request = { 'X-Request-Id': { description: 'Id of the request, for the log', ...text } };
  if (status === 401) return { ...request, 'WWW-Authenticate': { description: 'Bearer', ...text } };
  if (status === 503) return { ...request, 'Retry-After': { description: 'Seconds', ...text } };
  return request;
}

function example(code: ProblemCode): ProblemDto {
  const { status, title } = PROBLEMS[code];
  const detail = `${title}.`;
  return {
    type: problemType(code),
    status,
    title,
    detail,
    message: detail,
    instance: '/api/…',
    code,
    request_id: '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60',
    ...(code === 'VALIDATION_FAILED'
      ? { errors: [{ field: 'name', message: 'name must have 1 to 80 characters' }] }
      : {}),
  };
}
