import type { Tx } from '../database/tx.js';
import type { ClientInfo } from '../principal.js';
import { insertRows } from '../database/bulk/insert-rows.js';
import { AUDITED_ACTIONS, type AuditedAction } from './audited-actions.js';

/** Fields of a row by the domain's names: instants in ms, money in minor units; never a secret. */
export type AuditedValues = Readonly<Record<string, string | number | boolean | null>>;

/** Whoever did it: an Actor; or a Caller without a token, with the name of the account that was tried. */
export interface AuditAuthor extends ClientInfo {
  readonly id?: number;
  readonly username?: string;
}

export interface AuditEntry {
  readonly at: Date;
  readonly by: AuditAuthor | 'program';
  readonly action: AuditedAction;
  /** Of the row that the action is about; left out where there is none. */
  readonly targetId?: string | number;
  /** Of an update only the fields that changed; left out where there was no row before. */
  readonly before?: AuditedValues;
  /** Of an update only the fields that changed; left out where there is no row any more. */
  readonly after?: AuditedValues;
}

/**
 * Writes what was done into the audit log, within the unit of work that does it: both are kept, or
 * neither. What changes nothing has a unit of its own (docs/decisions/audit-log.md).
 */
export function recordAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  return recordAudits(tx, [entry]);
}

/** The same for many, in their order. */
export async function recordAudits(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  await insertRows<AuditEntry>(tx, {
    table: 'audit_log',
    rows: entries,
    columns: {
      recorded_at: ({ at }) => at.getTime(),
      action: ({ action }) => action,
      actor_id: ({ by }) => (by === 'program' ? null : (by.id ?? null)),
      actor_name: ({ by }) => (by === 'program' ? null : (by.username ?? null)),
      client_address: ({ by }) => (by === 'program' ? null : by.address),
      request_id: ({ by }) => (by === 'program' ? null : by.requestId),
      target_type: ({ action }) => AUDITED_ACTIONS[action],
      target_id: ({ targetId }) => (targetId === undefined ? null : String(targetId)),
      values_before: ({ before }) => (before ? JSON.stringify(before) : null),
      values_after: ({ after }) => (after ? JSON.stringify(after) : null),
    },
  });
}
