import { ApiProperty } from '@nestjs/swagger';
import { DIRECTIONS, type GateDirection } from '../../parking/gates/gate.js';
import type { GateEvent } from '../../parking/gates/gate-event.js';
import {
  GATE_ACTIONS,
  type GateAction,
  type GateReason,
  OPENING_REASONS,
  REFUSALS,
} from '../../parking/gates/passage.js';
import { FastJsonDate } from '../../platform/http/fast-json/fast-json-date.js';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { Currency } from '../../platform/money/money.js';

export class GateEventDto {
  /** @example 1 */
  @ApiInteger()
  id: number;

  /** @example 1 */
  @ApiInteger()
  gate_id: number;

  /** The lot of the gate at that time. @example 1 */
  @ApiInteger()
  lot_id: number;

  /** `in` for an entry, `out` for an exit; the direction of the gate if it was opened by hand. */
  @ApiProperty({ enum: DIRECTIONS, example: 'in' })
  direction: GateDirection;

  /** Null if the gate was opened by hand. @example 'north-000017' */
  event_id: string | null;

  /** The plate as the camera sent it, or as the operator entered it. Null if it is unknown or was deleted. @example 'DL 01 AB 1234' */
  plate: string | null;

  /** When the car was seen. @example '2026-03-01T09:30:00.000Z' */
  at: Date;

  /** @example '2026-03-01T09:30:00.000Z' */
  received_at: Date;

  @ApiProperty({ enum: GATE_ACTIONS, example: 'open' })
  action: GateAction;

  @ApiProperty({ enum: [...OPENING_REASONS, ...REFUSALS], example: 'BOOKED' })
  reason: GateReason;

  /** The booking of the car; for a refused exit, the booking of an entry that was received later. Null if there is none. @example 12 */
  @ApiProperty({ type: 'integer', nullable: true })
  booking_id: number | null;

  /** Null unless the gate opened for an entry. @example '1' */
  spot_number: string | null;

  /** Null unless the gate opened for an exit. @example null */
  cost: number | null;

  /** Why an operator opened the gate; otherwise null. @example null */
  note: string | null;
}

export function mapGateEvent(event: GateEvent, currency: Currency): GateEventDto {
  return {
    id: event.id,
    gate_id: event.gateId,
    lot_id: event.lotId,
    direction: event.direction,
    event_id: event.eventId,
    plate: event.plate,
    at: new FastJsonDate(event.at),
    received_at: new FastJsonDate(event.receivedAt),
    action: event.action,
    reason: event.reason,
    booking_id: event.bookingId,
    spot_number: event.spotNumber === null ? null : String(event.spotNumber),
    cost: event.cost === null ? null : currency.fromMinor(event.cost),
    note: event.note,
  };
}
