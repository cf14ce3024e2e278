import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { shorten } from '../text.js';
import { isDatabaseOutage } from '../database/outages.js';
import { setRateLimitHeaders } from '../http/server/rate-limit-headers.js';
import { RateLimited } from '../rate-limits/rate-limited.js';
import { Metrics } from '../observability/metrics.js';
import { CodedError, MalformedRequest, NotJson, RouteNotFound } from './coded-error.js';
import type { ProblemDto } from './problem.dto.js';
import { PROBLEMS, type ProblemCode, problemType } from './problem-codes.js';

/** Seconds after which a retry makes sense, for errors that time alone may resolve. */
const RETRY_AFTER: ReadonlyMap<string, number> = new Map<ProblemCode, number>([
  ['IDEMPOTENCY_KEY_IN_USE', 1],
  ['DATABASE_UNAVAILABLE', 2],
  ['STORED_BY_LATER_VERSION', 2],
  ['OVERLOADED', 2],
  ['ANALYTICS_NOT_READY', 5],
  // An operator has to configure the mail server.
  ['MAIL_UNAVAILABLE', 3600],
]);

/** Maximum length of a text in a response, because it may repeat a part of the request. */
const MAX_TEXT = 500;

interface Cause {
  readonly code: ProblemCode;
  readonly detail: string;
}

/**
 * Maps every error of a request to problem+json. It is the only place that maps codes to HTTP
 * statuses.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problems');

  constructor(private readonly metrics: Metrics) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Sends the problem, unless the response has already started. */
  sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = toProblem(
      isIncomplete(request) ? new MalformedRequest('The request is incomplete.') : error,
      request,
    );
    this.metrics.countProblem(problem.code);
    // A coded error is an expected refusal, even with status 503, so only the request log records
    // it.
    if (problem.status >= 500 && !(error instanceof CodedError)) {
      this.logger.error(error, `${problem.code} ${problem.request_id}`);
    }
    if (reply.sent) return;
    if (problem.status === 401) void reply.header('www-authenticate', challenge(problem));
    setRetryHeaders(reply, error, problem.code);
    void reply.status(problem.status).type('application/problem+json').send(problem);
  }
}

/** Sets the headers that state when to send the request again, if it may succeed later without any change. */
export function setRetryHeaders(reply: FastifyReply, error: unknown, code: ProblemCode): void {
  const retryAfter = RETRY_AFTER.get(code);
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  if (!(error instanceof RateLimited)) return;
  setRateLimitHeaders(reply, [error.quota]);
  void reply.header('retry-after', error.quota.resetSeconds);
}

/** Whether the client disconnected before the end of the body: not an error of the program. */
function isIncomplete({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

/** The problem document of an error; an internal cause becomes INTERNAL_ERROR. */
export function toProblem(
  error: unknown,
  request: { url: string; id: string; method: string },
): ProblemDto & { readonly code: ProblemCode } {
  const [instance = '/'] = request.url.split('?');
  const cause = causeOf(error, request.method, instance);
  const { code } = cause;
  const detail = shorten(cause.detail, MAX_TEXT);
  return {
    type: problemType(code),
    ...PROBLEMS[code],
    detail,
    message: detail,
    instance: instance.slice(0, MAX_TEXT),
    code,
    request_id: request.id,
    ...(error instanceof CodedError && error.errors ? { errors: [...error.errors] } : {}),
  };
}

function causeOf(error: unknown, method: string, path: string): Cause {
  if (error instanceof CodedError) return { code: error.code, detail: error.message };
  if (isDatabaseOutage(error)) {
    return {
      code: 'DATABASE_UNAVAILABLE',
      detail: 'The database is unavailable; try again soon.',
    };
  }
  switch (statusOf(error)) {
    case 400:
      return { code: 'MALFORMED_REQUEST', detail: describe(error) };
    case 404:
      return causeOf(new RouteNotFound(method, path), method, path);
    case 413:
      return { code: 'BODY_TOO_LARGE', detail: 'The request body is larger than 100 KiB.' };
    case 415:
      return causeOf(new NotJson(), method, path);
    default:
      return { code: 'INTERNAL_ERROR', detail: 'An internal error occurred; it has been logged.' };
  }
}

/** Status of an error thrown by the framework. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error) return Number(error.statusCode);
  return 500;
}

function describe(error: unknown): string {
  const text = error instanceof Error && error.message !== '' ? error.message : 'Bad request';
  return text.replace(/\.*$/, '.');
}

/** The `WWW-Authenticate` challenge (RFC 6750, section 3). */
function challenge({ code, detail }: ProblemDto): string {
  if (code === 'TOKEN_MISSING' || code === 'CREDENTIALS_WRONG') return 'Bearer';
  return `Bearer error="invalid_token", error_description="${detail}"`;
}
