import { ApiInteger } from '../platform/http/validation/numbers.js';
import { FastJsonDate } from '../platform/http/fast-json/fast-json-date.js';
import type { Vehicle } from '../parking/vehicles/vehicles.service.js';

/** A vehicle that a driver has added to the account. */
export class VehicleDto {
  /** @example 3 */
  @ApiInteger()
  id: number;

  /** The plate as the driver typed it. @example 'DL 01 AB 1234' */
  plate: string;

  /** @example 'The red one' */
  label: string | null;

  /** Whether gates open for the plate. @example true */
  opens_gates: boolean;

  /** @example '2026-03-01T09:30:00.000Z' */
  created_at: Date;

  /** @example '2026-03-01T09:30:00.000Z' */
  updated_at: Date;
}

export function mapVehicle(vehicle: Vehicle): VehicleDto {
  return {
    id: vehicle.id,
    plate: vehicle.plate,
    label: vehicle.label,
    opens_gates: vehicle.opensGates,
    created_at: new FastJsonDate(vehicle.createdAt),
    updated_at: new FastJsonDate(vehicle.updatedAt),
  };
}
