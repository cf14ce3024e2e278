import { CodedError } from '../../platform/errors/coded-error.js';
import { idText } from '../../platform/errors/error-text.js';

export class VehicleNotFound extends CodedError {
  readonly code = 'VEHICLE_NOT_FOUND';
  constructor(vehicleId: number) {
    super(`You have no vehicle ${idText(vehicleId)}.`);
  }
}

export class TooManyVehicles extends CodedError {
  readonly code = 'TOO_MANY_VEHICLES';
  constructor(max: number) {
    super(`An account has at most ${max} vehicles; remove one before you add another.`);
  }
}

/** The message does not reveal whose plate it is. */
export class PlateTaken extends CodedError {
  readonly code = 'PLATE_TAKEN';
  constructor(plate: string) {
    super(
      `Your account already has the plate ${plate}, or another account opens gates with it. In the second case, send "opens_gates": false.`,
    );
  }
}
