import type { AuditedValues } from '../platform/audit/audit.js';
import type { AuditTarget } from '../platform/audit/audited-actions.js';
import { mapTariffVersion } from './tariffs/tariff-version.dto.js';
import type { TariffVersion } from '../parking/tariffs/versions/tariff-version.js';
import type { Currency } from '../platform/money/money.js';

/** Names of a lot's fields in this API. */
const LOT_FIELDS: ReadonlyMap<string, string> = new Map([
  ['name', 'prime_location_name'],
  ['pinCode', 'pin_code'],
  ['pricePerHour', 'price'],
  ['numberOfSpots', 'number_of_spots'],
  ['timeZone', 'time_zone'],
]);

/** Names of a booking's fields in this API. */
const BOOKING_FIELDS: ReadonlyMap<string, string> = new Map([
  ['vehicleNumber', 'vehicle_number'],
  ['cost', 'parking_cost'],
]);
const FIELDS: Partial<Record<AuditTarget, ReadonlyMap<string, string>>> = {
  lot: LOT_FIELDS,
  reservation: BOOKING_FIELDS,
};
/** Amounts in minor units. */
const AMOUNTS: ReadonlySet<string> = new Set(['pricePerHour', 'cost']);

/** Converts audited values to the names and units of this API. */
export function shownValues(
  target: AuditTarget,
  values: AuditedValues,
  currency: Currency,
): AuditedValues {
  const names = FIELDS[target];
  if (!names) return values;
  const shown = Object.entries(values).map(([field, value]) => [
    names.get(field) ?? field,
    shownValue(field, value, currency),
  ]);
  return Object.fromEntries(shown);
}

function shownValue(
  field: string,
  value: AuditedValues[string],
  currency: Currency,
): AuditedValues[string] {
  if (isTariffVersion(value)) return mapTariffVersion(value, currency);
  return AMOUNTS.has(field) && typeof value === 'number' ? currency.fromMinor(value) : value;
}

function isTariffVersion(value: AuditedValues[string]): value is TariffVersion {
  return typeof value === 'object' && value !== null && 'tariff' in value;
}
