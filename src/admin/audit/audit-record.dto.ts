import { ApiProperty } from '@nestjs/swagger';
import type { AuditedValues } from '../../platform/audit/audit.js';
import type { AuditRecord } from '../../platform/audit/audit-record.entity.js';
import {
  ACTION_NAMES,
  type AuditedAction,
  type AuditTarget,
  TARGET_TYPES,
} from '../../platform/audit/audited-actions.js';
import { ApiInteger } from '../../platform/http/validation/numbers.js';
import type { Currency } from '../../platform/money/money.js';
import { shownValues } from '../../api-models/shown-values.js';

/** An audited action. */
export class AuditRecordDto {
  /** Ascending: a later entry has a greater id. @example 42 */
  @ApiInteger()
  id: number;

  /** @example '2026-03-01T09:30:00.000Z' */
  timestamp: Date;

  @ApiProperty({ enum: ACTION_NAMES, example: 'lot.updated' })
  action: AuditedAction;

  /** Account of the actor; null for a client that was not logged in, for the command line, and for the program. @example 1 */
  @ApiProperty({ type: 'integer', nullable: true })
  actor_id: number | null;

  /** Name of the actor; for a failed login, of the account that was tried; `command line` for `npm run admin`. Null if the name is unknown or erased, or if the program itself acted. @example 'admin' */
  actor_name: string | null;

  /** Null for the command line and for the program, and if the actor was erased. @example '203.0.113.7' */
  client_address: string | null;

  /** The `X-Request-Id` of the response. @example '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60' */
  request_id: string | null;

  /** Kind of the target. */
  @ApiProperty({ enum: TARGET_TYPES, example: 'lot' })
  target_type: AuditTarget;

  /** Null if there is no target, as for a failed login with an unknown name. @example '7' */
  target_id: string | null;

  /** The values before the change; for an update, only the changed ones. Null if there were none. */
  @ApiProperty(shown({ price: 40 }))
  before: AuditedValues | null;

  /** The values after the change; for an update, only the changed ones. Null if there are none. */
  @ApiProperty(shown({ price: 45 }))
  after: AuditedValues | null;
}

export function mapAuditRecord(record: AuditRecord, currency: Currency): AuditRecordDto {
  return {
    id: record.id,
    timestamp: record.recordedAt,
    action: record.action,
    actor_id: record.actorId,
    actor_name: record.actorName,
    client_address: record.clientAddress,
    request_id: record.requestId,
    target_type: record.targetType,
    target_id: record.targetId,
    before: record.before && shownValues(record.targetType, record.before, currency),
    after: record.after && shownValues(record.targetType, record.after, currency),
  };
}

function shown(example: AuditedValues) {
  return { type: 'object', additionalProperties: true, nullable: true, example } as const;
}
