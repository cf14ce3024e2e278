import { IsBoolean } from 'class-validator';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';

export class ActForDriverDto {
  /** Why an operator acts for the driver; recorded in the audit log. @example 'The app of the driver failed' */
  @Text({ min: 1, max: 500 })
  reason: string;
}

export class CancelForDriverDto extends ActForDriverDto {
  /** Cancel without the fee for late cancelling. @example false */
  @MayBeOmitted()
  @IsBoolean({ message: 'waive_fee must be true or false' })
  waive_fee?: boolean;
}
