import type { CrashEnvironment } from './environment.js';

/** Each query finds a change without its audit entry, or an entry without its change. */
const RULES = {
  'the log records the creation of each lot once': `
    SELECT id FROM lots WHERE address LIKE 'Founded-%' AND ${countOf('lot.created')} <> 1`,
  'the log records the deletion of each deleted lot once': `
    SELECT id FROM lots WHERE address LIKE 'Founded-%'
      AND ${countOf('lot.deleted')} <> CASE WHEN retired_at IS NULL THEN 0 ELSE 1 END`,
  'the last change in the log equals the stored lot': `
    SELECT id, name FROM lots WHERE name LIKE 'Revision %' AND name <> 'Revision 0' AND name <> COALESCE((
      SELECT CASE WHEN values_after LIKE '%"' || lots.name || '"%' THEN lots.name ELSE '' END
      FROM audit_log WHERE action = 'lot.updated' AND target_type = 'lot'
        AND target_id = CAST(lots.id AS text) ORDER BY audit_log.id DESC LIMIT 1), '')`,
} as const;

export async function auditGaps(site: CrashEnvironment): Promise<Record<string, unknown[]>> {
  const gaps: Record<string, unknown[]> = {};
  for (const [rule, query] of Object.entries(RULES)) {
    const rows = await site.query(query);
    if (rows.length > 0) gaps[rule] = rows.slice(0, 5);
  }
  return gaps;
}

function countOf(action: string): string {
  return `(SELECT COUNT(*) FROM audit_log WHERE action = '${action}' AND target_type = 'lot'
    AND target_id = CAST(lots.id AS text))`;
}
