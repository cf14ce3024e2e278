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
import type { Currency } from '../../platform/money.js';
import { shownValues } from './shown-values.js';

/** What someone has done. */
export class AuditRecordDto {
  /** Later entries have greater ones. @example 42 */
  @ApiInteger()
  id: number;

  /** @example '2026-03-01T09:30:00.000Z' */
  timestamp: Date;

  @ApiProperty({ enum: ACTION_NAMES, example: 'lot.updated' })
  action: AuditedAction;

  /** The account that did it; null where nobody was logged in. @example 1 */
  @ApiProperty({ type: 'integer', nullable: true })
  actor_id: number | null;

  /** Its name; of a failed login, that of the account that was tried. @example 'admin' */
  actor_name: string | null;

  /** Null where the program itself did it. @example '203.0.113.7' */
  client_address: string | null;

  /** The `X-Request-Id` of the answer. @example '0197c2a4-6f3e-7b1a-9d57-3f2c8e1b4a60' */
  request_id: string | null;

  /** What it was done to. */
  @ApiProperty({ enum: TARGET_TYPES, example: 'lot' })
  target_type: AuditTarget;

  /** Null where there is none, as of a failed login for an unknown name. @example '7' */
  target_id: string | null;

  /** The values before, of a change only those that it changed; null where there were none. */
  @ApiProperty(shown({ price: 40 }))
  before: AuditedValues | null;

  /** The values after, in the same way. */
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
