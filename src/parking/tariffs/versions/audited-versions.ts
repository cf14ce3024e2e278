import { type AuditedValues, recordAudit } from '../../../platform/audit/audit.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { Principal } from '../../../platform/principal.js';
import type { LotVersions } from './tariff-queries.js';

interface VersionsChange {
  readonly action: 'tariff.set' | 'tariff.ended';
  readonly lotId: number;
  /** In ms since 1970 UTC. */
  readonly now: number;
  readonly principal: Principal;
  readonly before: LotVersions;
  readonly after: LotVersions;
}

/** Records which versions applied and were pending before the change and after it. */
export function audit(tx: Tx, change: VersionsChange): Promise<void> {
  const { action, lotId, now, principal, before, after } = change;
  return recordAudit(tx, {
    at: new Date(now),
    by: principal,
    action,
    targetId: lotId,
    before: toValues(before),
    after: toValues(after),
  });
}

function toValues({ current, pending }: LotVersions): AuditedValues {
  return { tariff: current ?? null, pending_tariff: pending ?? null };
}
