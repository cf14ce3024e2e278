import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { Plate } from '../../api-models/plate.js';
import { WholeNumber } from '../../platform/http/validation/numbers.js';
import { CheckTogether } from '../../platform/http/validation/nested.js';
import { MayBeOmitted, Text } from '../../platform/http/validation/text.js';
import { requiredVehicleFaults } from './booked-vehicle.js';
import type { VehicleFields } from '../../parking/vehicles/vehicles.service.js';

const MAX_LABEL_LENGTH = 80;

export class NewVehicleDto {
  /** The number plate. @example 'DL 01 AB 1234' */
  @Plate()
  plate: string;

  /** A name for the vehicle; null for none. @example 'The red one' */
  @MayBeOmitted()
  @ValidateIf((_, value) => value !== null)
  @ApiProperty({ nullable: true })
  @Text({ min: 1, max: MAX_LABEL_LENGTH })
  label?: string | null;

  /** Whether gates open for the plate. A plate can open gates for one account only. @example true */
  @MayBeOmitted()
  @ApiProperty({ default: true })
  @IsBoolean({ message: 'opens_gates must be true or false' })
  opens_gates?: boolean;
}

export function toVehicle({ plate, label = null, opens_gates = true }: NewVehicleDto) {
  return { plate, label, opensGates: opens_gates };
}

/** Omitted fields stay unchanged. */
export class VehicleChangesDto {
  /** The number plate. Existing bookings keep their plate. @example 'DL 01 AB 1234' */
  @MayBeOmitted()
  @Plate()
  plate?: string;

  /** A name for the vehicle; null removes it. @example 'The red one' */
  @MayBeOmitted()
  @ValidateIf((_, value) => value !== null)
  @ApiProperty({ nullable: true })
  @Text({ min: 1, max: MAX_LABEL_LENGTH })
  label?: string | null;

  /** Whether gates open for the plate. @example false */
  @MayBeOmitted()
  @IsBoolean({ message: 'opens_gates must be true or false' })
  opens_gates?: boolean;
}

export function toVehicleChanges(body: VehicleChangesDto): Partial<VehicleFields> {
  return {
    ...(body.plate === undefined ? {} : { plate: body.plate }),
    ...(body.label === undefined ? {} : { label: body.label }),
    ...(body.opens_gates === undefined ? {} : { opensGates: body.opens_gates }),
  };
}

/** A vehicle or a plate, but not both. */
@CheckTogether(requiredVehicleFaults)
export class BookedVehicleDto {
  /** One of the driver's vehicles. @example 3 */
  @MayBeOmitted()
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  vehicle_id?: number;

  /** The number plate. @example 'DL 01 AB 1234' */
  @MayBeOmitted()
  @Plate()
  vehicle_number?: string;
}
