import type { Tx } from '../../../platform/database/tx.js';
import {
  type AuditedValues,
  type AuditEntry,
  recordAudits,
} from '../../../platform/audit/audit.js';
import type { AuditedAction } from '../../../platform/audit/audited-actions.js';
import { chunk } from '../../../platform/database/bulk/chunk.js';
import { countOf, type Report, rowsOf, type TableReport } from '../report/report.js';
import type { FlaskTable } from '../source/rows.js';

/** Maximum number of rows or ranges in an audit entry, so that an entry stays readable. */
const ROWS_OF_ENTRY = 200;

const ACTIONS: Readonly<Record<FlaskTable, AuditedAction>> = {
  users: 'account.imported',
  parking_lots: 'lot.imported',
  parking_spots: 'spot.imported',
  reservations: 'reservation.imported',
};

/**
 * Writes the report to the audit log: the number of rows of each table, and the id of every row that
 * differs from the file. Rows that were changed for the same reason share an entry, because one entry
 * per row would hide the entries about people.
 */
export async function auditImport(tx: Tx, report: Report, at: Date): Promise<void> {
  const entries = function* (): Generator<AuditEntry> {
    for (const table of Object.keys(ACTIONS) as FlaskTable[]) {
      for (const after of auditedValues(report.tables[table])) {
        yield { at, by: 'program', action: ACTIONS[table], after };
      }
    }
    for (const remark of report.remarks) {
      yield { at, by: 'program', action: ACTIONS.users, after: { remark } };
    }
  };
  for (const some of chunk(entries(), ROWS_OF_ENTRY)) await recordAudits(tx, some);
}

function* auditedValues(table: TableReport): Generator<AuditedValues> {
  const { read, imported, changed, refused } = table;
  yield { read, imported, changed, refused };
  for (const entry of table.entries) {
    const { kind, reason } = entry;
    for (const rows of chunk(rowsOf(entry), ROWS_OF_ENTRY)) {
      yield { kind, reason, count: countOf(entry), rows: rows.join(', ') };
    }
  }
}
