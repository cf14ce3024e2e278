import { IsIn, ValidateIf } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import {
  ACTION_NAMES,
  type AuditedAction,
  type AuditTarget,
  TARGET_TYPES,
} from '../../platform/audit/audited-actions.js';
import { InstantInQuery } from '../../platform/http/validation/instants.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';

/** An entry must match every given filter. */
export class AuditLogQuery extends PageQuery {
  /** Username of the actor, or of the account whose login failed; case-insensitive. @example 'admin' */
  @MayBeOmitted()
  @Text({ min: 1, max: 200 })
  actor?: string;

  @ApiProperty({ enum: ACTION_NAMES, example: 'lot.updated' })
  @MayBeOmitted()
  @IsIn(ACTION_NAMES, { message: `action must be one of ${ACTION_NAMES.join(', ')}` })
  action?: AuditedAction;

  /** Kind of the target; required if `target_id` is given. */
  @ApiProperty({ enum: TARGET_TYPES, example: 'lot' })
  @ValidateIf((query: AuditLogQuery, value) => value !== undefined || query.target_id !== undefined)
  @IsIn(TARGET_TYPES, { message: `target_type must be one of ${TARGET_TYPES.join(', ')}` })
  target_type?: AuditTarget;

  /** Id of the target. @example '7' */
  @MayBeOmitted()
  @Text({ min: 1, max: 200 })
  target_id?: string;

  /** Start of the period, included. @example '2026-03-01T00:00:00.000Z' */
  @InstantInQuery()
  from?: Date;

  /** End of the period, not included. @example '2026-04-01T00:00:00.000Z' */
  @InstantInQuery()
  to?: Date;
}
