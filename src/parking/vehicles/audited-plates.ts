import { PLATE_FIELDS } from '../../platform/audit/erase-audit.js';
import type { AuditedValues } from '../../platform/audit/audit.js';
import type { AuditTarget } from '../../platform/audit/audited-actions.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { list } from '../../platform/database/sql/sql.js';
import type { PlateCutoff } from './plate-retention.js';

/** The part of an audit entry that can contain plates. */
interface AuditedPlates {
  readonly targetType: AuditTarget;
  readonly targetId: string | null;
  readonly before: AuditedValues | null;
  readonly after: AuditedValues | null;
}

/** The audit entries, without the plates of bookings that ended at or before the cutoff. */
export async function withoutOldPlates<Entry extends AuditedPlates>(
  source: Queryable,
  cutoff: PlateCutoff,
  entries: readonly Entry[],
): Promise<readonly Entry[]> {
  const ids = new Set(entries.filter(hasPlate).map(({ targetId }) => Number(targetId)));
  if (cutoff === undefined || ids.size === 0) return entries;
  const rows = await source.sql<{ id: number }[]>`
    SELECT id FROM reservations
    WHERE id IN (${list([...ids])}) AND COALESCE(ended_at, left_at) <= ${cutoff}`;
  const old = new Set(rows.map(({ id }) => id));
  return entries.map((entry) =>
    hasPlate(entry) && old.has(Number(entry.targetId))
      ? { ...entry, before: withoutPlates(entry.before), after: withoutPlates(entry.after) }
      : entry,
  );
}

function hasPlate({ targetType, before, after }: AuditedPlates): boolean {
  if (targetType !== 'reservation') return false;
  return [before, after].some((values) => Object.entries(values ?? {}).some(isPlate));
}

function withoutPlates(values: AuditedValues | null): AuditedValues | null {
  const entries = Object.entries(values ?? {});
  const shown = entries.map((entry) => (isPlate(entry) ? [entry[0], null] : entry));
  return values && (Object.fromEntries(shown) as AuditedValues);
}

function isPlate([field, value]: readonly [string, unknown]): boolean {
  return PLATE_FIELDS.has(field) && value !== null;
}
