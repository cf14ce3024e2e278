import type { AuditedValues } from '../../platform/audit/audit.js';
import type { Lot } from './lot.entity.js';

const FIELDS = ['name', 'address', 'pinCode', 'pricePerHour', 'numberOfSpots'] as const;

/** What an operator decides about a lot; the price in minor units. */
type LotDecision = Pick<Lot, (typeof FIELDS)[number]>;

/** A lot as it is made, or as it was last. */
export function lotValues(lot: LotDecision): AuditedValues {
  return pick(lot, FIELDS);
}

/** The fields whose values differ, as they were and as they are. */
export function lotDifference(
  lot: LotDecision,
  changes: Partial<LotDecision>,
): { readonly before: AuditedValues; readonly after: AuditedValues } {
  const changed = { ...lot, ...changes };
  const fields = FIELDS.filter((field) => changed[field] !== lot[field]);
  return { before: pick(lot, fields), after: pick(changed, fields) };
}

function pick(lot: LotDecision, fields: readonly (typeof FIELDS)[number][]): AuditedValues {
  return Object.fromEntries(fields.map((field) => [field, lot[field]]));
}
