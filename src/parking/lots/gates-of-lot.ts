import { recordAudits } from '../../platform/audit/audit.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../../platform/principal.js';

/** Deletes the gates of a lot that is deleted, and revokes their keys; their events stay. Each deletion is audited. */
export async function deleteGatesOf(
  tx: Tx,
  lotId: number,
  { at, by }: { readonly at: Date; readonly by: Principal },
): Promise<void> {
  const now = at.getTime();
  const gates = await tx.sql<{ id: number; name: string; direction: string }[]>`
    UPDATE gates SET deleted_at = ${now}, key_digest = NULL, updated_at = ${now}
    WHERE lot_id = ${lotId} AND deleted_at IS NULL RETURNING id, name, direction`;
  if (gates.length === 0) return;
  const entries = gates.map(({ id, name, direction }) => ({
    at,
    by,
    action: 'gate.deleted' as const,
    targetId: id,
    before: { lotId, name, direction },
  }));
  await recordAudits(tx, entries);
}
