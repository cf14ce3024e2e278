import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { finalize, type Observable } from 'rxjs';
import { Configuration } from '../config/configuration.js';
import { tokenSecret } from '../config/token-secret.js';
import { Clock } from '../time/clock.js';
import { TransactionRunner } from '../database/transaction-runner.js';
import { IdempotencyKeyInUse } from './errors.js';
import { IDEMPOTENCY_KEY, keyedRequest } from './keyed-request.js';
import { IdempotentTransactionRunner } from './idempotent-transaction-runner.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Runs the request's unit of work, on routes that are {@link Idempotent}. */
    transactions?: TransactionRunner;
  }
}

/**
 * Gives each request a TransactionRunner. If the request has an Idempotency-Key, this runner stores the
 * response under the key.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  /** Digests of the keyed requests that are running in this process. */
  private readonly running = new Set<string>();

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  /** @throws ValidationFailed for an invalid key | IdempotencyKeyInUse */
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers[IDEMPOTENCY_KEY.toLowerCase()];
    const { transactions, clock } = this;
    if (typeof key !== 'string' || !request.principal) {
      request.transactions = transactions;
      return next.handle();
    }
    const keyed = keyedRequest({
      accountId: request.principal.id,
      method: request.method,
      path: request.url.split('?', 1)[0] ?? '',
      key,
      body: request.body,
      passwordKey: () => tokenSecret(this.configuration),
    });
    if (this.running.has(keyed.digest)) throw new IdempotencyKeyInUse();
    this.running.add(keyed.digest);
    request.transactions = new IdempotentTransactionRunner({
      transactions,
      request: keyed,
      clock,
      onReplay: () => void http.getResponse<FastifyReply>().header('idempotency-replayed', 'true'),
    });
    return next.handle().pipe(finalize(() => this.running.delete(keyed.digest)));
  }
}
