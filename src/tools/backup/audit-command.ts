import Database from 'better-sqlite3';
import type { AuditedValues } from '../../platform/audit/audit.js';
import { type AuditedAction, AUDITED_ACTIONS } from '../../platform/audit/audited-actions.js';
import { LOCK_WAIT_MILLISECONDS } from '../../platform/database/locks/lock-wait.js';

interface Command {
  readonly at: Date;
  readonly action: AuditedAction;
  readonly after: AuditedValues;
}

/**
 * Records a command in the audit log of the SQLite file, which a running program may be using. Does not
 * migrate the file, so a file of a version without an audit log gets no entry.
 */
export function auditCommand(file: string, { at, action, after }: Command): void {
  const database = new Database(file, { fileMustExist: true, timeout: LOCK_WAIT_MILLISECONDS });
  try {
    const log = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'audit_log'";
    if (!database.prepare(log).get()) return;
    // In WAL mode, SQLite's default would not sync the entry.
    database.pragma('synchronous = FULL');
    database
      .prepare(
        `INSERT INTO audit_log (recorded_at, action, actor_name, target_type, values_after)
        VALUES (?, ?, 'command line', ?, ?)`,
      )
      .run(at.getTime(), action, AUDITED_ACTIONS[action], JSON.stringify(after));
  } finally {
    database.close();
  }
}
