import { Plate } from '../../api-models/plate.js';
import type { ManualOpening } from '../../parking/gates/gate-events.service.js';
import { WholeNumber } from '../../platform/http/validation/numbers.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';

export class ManualOpeningDto {
  /** @example 1 */
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  gate_id: number;

  /** Why the gate is opened by hand; stored as the event's `note`. @example 'The camera is dirty' */
  @Text({ min: 1, max: 500 })
  reason: string;

  /** The plate of the car, if it is known. @example 'DL 01 AB 1234' */
  @MayBeOmitted()
  @Plate()
  plate?: string;
}

export function toManualOpening({ gate_id, reason, plate }: ManualOpeningDto): ManualOpening {
  return { gateId: gate_id, reason, plate: plate ?? null };
}
