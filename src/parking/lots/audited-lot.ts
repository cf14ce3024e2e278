import type { AuditedValues } from '../../platform/audit/audit.js';
import type { Lot } from './lot.entity.js';

const FIELDS = [
  'name',
  'address',
  'pinCode',
  'pricePerHour',
  'numberOfSpots',
  'timeZone',
  'latitude',
  'longitude',
] as const;

/** The fields of a lot that an operator sets; the price in minor units. */
type AuditedLot = Partial<Pick<Lot, (typeof FIELDS)[number]>>;

/** The values of a created or deleted lot. */
export function lotValues(lot: AuditedLot): AuditedValues {
  return pick(lot, FIELDS);
}

/** The fields that change, with their values before and after. */
export function lotDifference(
  lot: AuditedLot,
  changes: AuditedLot,
): { readonly before: AuditedValues; readonly after: AuditedValues } {
  const changed = { ...lot, ...changes };
  const fields = FIELDS.filter((field) => changed[field] !== lot[field]);
  return { before: pick(lot, fields), after: pick(changed, fields) };
}

function pick(lot: AuditedLot, fields: readonly (typeof FIELDS)[number][]): AuditedValues {
  return Object.fromEntries(fields.map((field) => [field, lot[field] ?? null]));
}
