import type { Tx } from '../database/tx.js';
import type { ClientInfo } from '../principal.js';
import { insertRows } from '../database/bulk/insert-rows.js';
import { caseFolded } from '../text.js';
import { currentActors } from './current-actors.js';
import { AUDITED_ACTIONS, type AuditedAction } from './audited-actions.js';

/** Values by field name: instants in ms, money in minor units. Never contains a secret. */
export type AuditedValues = Readonly<Record<string, string | number | boolean | object | null>>;

/** The actor: a principal, or a client without a token, with the name of the account that it tried to use. */
export interface AuditActor extends ClientInfo {
  readonly id?: number;
  readonly username?: string;
}

export interface AuditEntry {
  readonly at: Date;
  /** `command line` for what a person with access to the machine ran (`npm run admin`). */
  readonly by: AuditActor | 'program' | 'command line';
  readonly action: AuditedAction;
  /** Id of the row that the action affects, if there is one. */
  readonly targetId?: string | number;
  /** For an update, only the changed fields; omitted if the row did not exist before. */
  readonly before?: AuditedValues;
  /** For an update, only the changed fields; omitted if the row no longer exists. */
  readonly after?: AuditedValues;
}

/**
 * Records an action in the audit log, within the unit of work that performs it: both are stored, or
 * neither. An action that changes nothing gets its own unit (docs/decisions/audit-log.md).
 */
export function recordAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  return recordAudits(tx, [entry]);
}

/** Records many actions in their order, without the names of actors who have been erased in the meantime. */
export async function recordAudits(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  const names = entries.flatMap(({ by }) => requestOf(by)?.username ?? []);
  const current = await currentActors(tx, names);
  const isErased = ({ username }: AuditActor): boolean =>
    username !== undefined && !current.has(caseFolded(username));
  await insertRows<AuditEntry>(tx, {
    table: 'audit_log',
    rows: entries,
    columns: {
      recorded_at: ({ at }) => at.getTime(),
      action: ({ action }) => action,
      actor_id: ({ by }) => requestOf(by)?.id ?? null,
      // Unambiguous, because no username contains a space.
      actor_name: ({ by }) => {
        if (typeof by === 'string') return by === 'command line' ? by : null;
        return isErased(by) ? null : (by.username ?? null);
      },
      client_address: ({ by }) => (typeof by === 'string' || isErased(by) ? null : by.address),
      request_id: ({ by }) => (typeof by === 'string' || isErased(by) ? null : by.requestId),
      target_type: ({ action }) => AUDITED_ACTIONS[action],
      target_id: ({ targetId }) => (targetId === undefined ? null : String(targetId)),
      values_before: ({ before }) => (before ? JSON.stringify(before) : null),
      values_after: ({ after }) => (after ? JSON.stringify(after) : null),
    },
  });
}

function requestOf(by: AuditEntry['by']): AuditActor | undefined {
  return typeof by === 'string' ? undefined : by;
}
