import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { GATE_ACTIONS, type GateAction } from '../../parking/gates/passage.js';
import { MAX_PLATE_LENGTH, plateKey } from '../../parking/vehicles/plate.js';
import { PageQuery } from '../../platform/http/pagination/page-query.dto.js';
import { WholeNumberInQuery } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';

/** An event must match every given filter. */
export class GateEventsQuery extends PageQuery {
  /** @example 1 */
  @MayBeOmitted()
  @WholeNumberInQuery({ min: 1, max: Number.MAX_SAFE_INTEGER })
  gate_id?: number;

  /** A plate, compared without case, white space, dashes and dots. @example 'dl01ab1234' */
  @MayBeOmitted()
  @Text({ min: 1, max: MAX_PLATE_LENGTH })
  plate?: string;

  @ApiProperty({ enum: GATE_ACTIONS, example: 'refuse' })
  @MayBeOmitted()
  @IsIn(GATE_ACTIONS, { message: `action must be one of ${GATE_ACTIONS.join(', ')}` })
  action?: GateAction;
}

export function toEventSearch({ gate_id: gateId, plate, action }: GateEventsQuery) {
  return { gateId, action, plateKey: plate === undefined ? undefined : plateKey(plate) };
}
