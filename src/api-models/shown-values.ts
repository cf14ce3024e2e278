import type { AuditedValues } from '../platform/audit/audit.js';
import type { AuditTarget } from '../platform/audit/audited-actions.js';
import { mapTariffVersion } from './tariffs/tariff-version.dto.js';
import type { TariffVersion } from '../parking/tariffs/versions/tariff-version.js';
import type { Currency } from '../platform/money/money.js';

type Value = AuditedValues[string];

/** API names of the fields that have another name in the audit log. */
const FIELDS: Partial<Record<AuditTarget, ReadonlyMap<string, string>>> = {
  lot: new Map([
    ['name', 'prime_location_name'],
    ['pinCode', 'pin_code'],
    ['pricePerHour', 'price'],
    ['numberOfSpots', 'number_of_spots'],
    ['timeZone', 'time_zone'],
  ]),
  reservation: new Map([
    ['vehicleNumber', 'vehicle_number'],
    ['cost', 'parking_cost'],
  ]),
  gate: new Map([
    ['lotId', 'lot_id'],
    ['eventId', 'event_id'],
  ]),
};

/** Fields that are amounts in minor units. */
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

function shownValue(field: string, value: Value, currency: Currency): Value {
  if (isTariffVersion(value)) return mapTariffVersion(value, currency);
  // An active booking has no cost yet, which this API shows as 0.
  if (field === 'cost' && value === null) return 0;
  return AMOUNTS.has(field) && typeof value === 'number' ? currency.fromMinor(value) : value;
}

function isTariffVersion(value: Value): value is TariffVersion {
  return typeof value === 'object' && value !== null && 'tariff' in value;
}
