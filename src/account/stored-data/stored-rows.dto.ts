import { ApiProperty } from '@nestjs/swagger';
import { EXPORT_STATUSES, type ExportStatus } from '../../jobs/exports/export.entity.js';
import type { AuditedValues } from '../../platform/audit/audit.js';
import {
  ACTION_NAMES,
  type AuditedAction,
  type AuditTarget,
  TARGET_TYPES,
} from '../../platform/audit/audited-actions.js';
import { ApiInteger } from '../../platform/http/validation/numbers.js';

export class StoredNetworkDto {
  /** An IPv4 address, or the /64 network of an IPv6 address. @example '203.0.113.7' */
  network: string;

  /** The last login from the network. @example '2026-03-01T09:30:00.000Z' */
  last_used_at: Date;
}

export class StoredLinkDto {
  /** What the link does. @example 'reset' */
  purpose: string;

  /** Whether the link was mailed to the account's address; otherwise an operator handed it over. */
  mailed: boolean;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** @example '2026-03-01T10:30:00.000Z' */
  expires_at: Date;
}

export class StoredGateEventDto {
  /** @example 5 */
  @ApiInteger()
  id: number;

  /** @example 1 */
  @ApiInteger()
  gate_id: number;

  /** @example 1 */
  @ApiInteger()
  lot_id: number;

  /** @example 12 */
  @ApiInteger()
  booking_id: number;

  /** `in` or `out`; `both` for a gate of both directions. @example 'in' */
  direction: string;

  /** The plate as the camera read it; null if it was deleted. @example 'DL 01 AB 1234' */
  plate: string | null;

  /** When the camera saw the car. @example '2026-03-01T09:30:00.000Z' */
  at: Date;

  /** When the gate reported the car. @example '2026-03-01T09:30:01.000Z' */
  received_at: Date;

  /** `open` or `refuse`. @example 'open' */
  action: string;

  /** The reason for the action. @example 'BOOKED' */
  reason: string;

  /** @example '1' */
  spot_number: string | null;

  /** Cost of the stay; null unless the event ended it. @example 80 */
  cost: number | null;
}

export class StoredExportDto {
  /** @example '8d5ff0c7-32b1-4b14-8a50-6f6f0a0f6f6b' */
  @ApiProperty({ format: 'uuid' })
  task_id: string;

  @ApiProperty({ enum: EXPORT_STATUSES, example: 'completed' })
  status: ExportStatus;

  /** Null until the work begins. @example 14 */
  @ApiProperty({ type: 'integer', nullable: true })
  total_bookings: number | null;

  /** Why the export failed. @example null */
  error: string | null;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** When the export was completed or failed; null until then. @example '2026-03-01T09:30:01.000Z' */
  finished_at: Date | null;

  /** When the CSV file with the bookings expires; null until the export is completed. @example '2026-03-02T09:30:01.000Z' */
  expires_at: Date | null;
}

export class StoredReportDto {
  /** The month. @example '2026-02' */
  period: string;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** What the report shows, as it is stored: amounts in minor units, times in milliseconds. */
  @ApiProperty(anyObject({ username: 'testuser', lots: [], days: [] }))
  content: object;
}

export class StoredDeliveryDto {
  /** What the message was about. @example 'daily-reminders 2026-03-01' */
  subject: string;

  /** `email`, or `chat` for a message that named the driver in the operator's chat. @example 'email' */
  channel: string;

  /** `sending` if the outcome of the delivery is unknown. @example 'sent' */
  status: string;

  /** Why the delivery failed. @example null */
  error: string | null;

  /** @example '2026-03-01T09:30:00.000Z' */
  updated_at: Date;
}

export class StoredRecordDto {
  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** When the response was stored or last replayed. @example '2026-03-01T09:30:00.000Z' */
  last_used_at: Date;

  /** The stored outcome that is replayed. It contains no secrets. */
  @ApiProperty(anyObject({ v: 1, result: { id: 12 } }))
  outcome: object;
}

export class StoredAuditEntryDto {
  /** @example 42 */
  @ApiInteger()
  id: number;

  /** @example '2026-03-01T09:30:00.000Z' */
  timestamp: Date;

  @ApiProperty({ enum: ACTION_NAMES, example: 'password.changed' })
  action: AuditedAction;

  /** The account that acted; null for a client that was not logged in, for the command line, and for the program. @example 2 */
  @ApiProperty({ type: 'integer', nullable: true })
  actor_id: number | null;

  /** Null in entries of other actors, and if the program acted. @example '203.0.113.7' */
  client_address: string | null;

  @ApiProperty({ enum: TARGET_TYPES, example: 'account' })
  target_type: AuditTarget;

  /** @example '2' */
  target_id: string | null;

  /** The values before the change; null if there were none. */
  @ApiProperty({ ...anyObject({ email: 'old@example.com' }), nullable: true })
  before: AuditedValues | null;

  /** The values after the change; null if there are none. */
  @ApiProperty({ ...anyObject({ email: 'new@example.com' }), nullable: true })
  after: AuditedValues | null;
}

function anyObject(example: object) {
  return { type: 'object', additionalProperties: true, example } as const;
}
