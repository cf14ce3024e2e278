import type { AuditedValues } from '../../platform/audit/audit.js';
import type { AuditTarget } from '../../platform/audit/audited-actions.js';
import type { Currency } from '../../platform/money.js';

/** Names of a lot's fields in this API. */
const LOT_FIELDS: ReadonlyMap<string, string> = new Map([
  ['name', 'prime_location_name'],
  ['pinCode', 'pin_code'],
  ['pricePerHour', 'price'],
  ['numberOfSpots', 'number_of_spots'],
]);

/** Converts audited values to the names and units of this API. */
export function shownValues(
  target: AuditTarget,
  values: AuditedValues,
  currency: Currency,
): AuditedValues {
  if (target !== 'lot') return values;
  const shown = Object.entries(values).map(([field, value]) => [
    LOT_FIELDS.get(field) ?? field,
    field === 'pricePerHour' && typeof value === 'number' ? currency.fromMinor(value) : value,
  ]);
  return Object.fromEntries(shown);
}
