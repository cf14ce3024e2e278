import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import { GateEventsService } from '../parking/gates/gate-events.service.js';
import { ValidationFailed } from '../platform/errors/coded-error.js';
import { Currency } from '../platform/money/money.js';
import { canBeStored } from '../platform/text.js';
import { type EntryDto, type ExitDto, isEventId, mapDecision } from './passage.dto.js';

/**
 * Returns the first response if an event is repeated with other, invalid fields: only the id of the event
 * counts.
 */
@Injectable()
export class RepeatedEventInterceptor implements NestInterceptor {
  constructor(
    private readonly events: GateEventsService,
    private readonly currency: Currency,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(catchError((error: unknown) => this.firstResponse(request, error)));
  }

  /** @throws `error` if the event is not known */
  private async firstResponse(
    { body, gate }: FastifyRequest,
    error: unknown,
  ): Promise<EntryDto | ExitDto> {
    const eventId =
      typeof body === 'object' && body !== null && 'event_id' in body && body.event_id;
    const isSearched =
      error instanceof ValidationFailed && isEventId(eventId) && canBeStored(eventId);
    const decision = isSearched && gate && (await this.events.findRepeated(gate, eventId));
    if (!decision) throw error;
    return mapDecision(decision, this.currency);
  }
}
