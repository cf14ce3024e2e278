import type { FieldError } from '../../platform/errors/coded-error.js';
import type { VehicleChoice } from '../../parking/vehicles/vehicles.service.js';

/** The fields by which a driver chooses the vehicle of a booking. */
interface BookedVehicle {
  readonly vehicle_id?: number;
  readonly vehicle_number?: string;
}

/** The errors of a request that has both the id of a vehicle and a typed plate. */
export function vehicleFaults({ vehicle_id, vehicle_number }: BookedVehicle): FieldError[] {
  if (vehicle_id === undefined || vehicle_number === undefined) return [];
  const message = 'vehicle_id and vehicle_number exclude each other; send one of them';
  return [{ field: 'vehicle_id', message }];
}

/** Like {@link vehicleFaults}, but one of the fields is required. */
export function requiredVehicleFaults(body: BookedVehicle): FieldError[] {
  if (body.vehicle_id !== undefined || body.vehicle_number !== undefined) {
    return vehicleFaults(body);
  }
  return [{ field: 'vehicle_id', message: 'vehicle_id or vehicle_number is required' }];
}

export function toVehicleChoice({ vehicle_id, vehicle_number }: BookedVehicle): VehicleChoice {
  return { vehicleId: vehicle_id, vehicleNumber: vehicle_number };
}
