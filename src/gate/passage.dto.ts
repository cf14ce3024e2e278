import { ApiProperty } from '@nestjs/swagger';
import { Plate } from '../api-models/plate.js';
import {
  GATE_ACTIONS,
  type GateAction,
  type GateReason,
  OPENING_REASONS,
  REFUSALS,
} from '../parking/gates/passage.js';
import type { DirectedDecision, Sighting } from '../parking/gates/gate-events.service.js';
import { Instant } from '../platform/http/validation/instants.js';
import { MayBeOmitted, Text } from '../platform/http/validation/text.js';
import type { Currency } from '../platform/money/money.js';
import type { VerifiedGate } from '../platform/principal.js';

const EVENT_ID = { min: 1, max: 200 };

/** A car that the camera of a gate has seen. */
export class PassageDto {
  /** Chosen by the camera, and sent again with each repetition of the event. @example 'north-000017' */
  @Text(EVENT_ID)
  event_id: string;

  /** The plate as the camera read it. @example 'DL 01 AB 1234' */
  @Plate()
  plate: string;

  /** When the car was seen: at most 24 hours ago; now if omitted. @example '2026-03-01T09:30:00.000Z' */
  @MayBeOmitted()
  @Instant()
  at?: Date;
}

class DecisionDto {
  @ApiProperty({ enum: GATE_ACTIONS, example: 'open' })
  action: GateAction;

  @ApiProperty({ enum: [...OPENING_REASONS, ...REFUSALS], example: 'BOOKED' })
  reason: GateReason;

  /** Null if the gate stays closed. @example 12 */
  @ApiProperty({ type: 'integer', nullable: true })
  booking_id: number | null;
}

/** The decision on a car that enters. */
export class EntryDto extends DecisionDto {
  /** The number of the car's spot; null if the gate stays closed. @example '1' */
  spot_number: string | null;
}

/** The decision on a car that leaves. */
export class ExitDto extends DecisionDto {
  /** Cost of the booking that ends; null if the gate stays closed. @example 80 */
  cost: number | null;
}

export function toSighting(
  { gateId, keyDigest }: VerifiedGate,
  { event_id: eventId, plate, at }: PassageDto,
): Sighting {
  return { gate: { gateId, keyDigest }, eventId, plate, at: at?.getTime() };
}

/** A repeated event gets the first response, which may be for the other direction. */
export function mapDecision(decision: DirectedDecision, currency: Currency): EntryDto | ExitDto {
  const { direction, action, reason, bookingId, spotNumber, cost } = decision;
  const common = { action, reason, booking_id: bookingId };
  return direction === 'in'
    ? { ...common, spot_number: spotNumber === null ? null : String(spotNumber) }
    : { ...common, cost: cost === null ? null : currency.fromMinor(cost) };
}

/** Whether the value can be the id of an event. */
export function isEventId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 2 * EVENT_ID.max;
}
