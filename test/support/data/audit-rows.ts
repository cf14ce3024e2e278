import { queryDatabase } from './test-database.js';

/** A stored entry of the audit log: the instant in ms, the values parsed. */
export interface AuditRow {
  readonly id: number;
  readonly recorded_at: number;
  readonly action: string;
  readonly actor_id: number | null;
  readonly actor_name: string | null;
  readonly client_address: string | null;
  readonly request_id: string | null;
  readonly target_type: string;
  readonly target_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

type StoredRow = Omit<AuditRow, 'before' | 'after'> & {
  readonly values_before: string | null;
  readonly values_after: string | null;
};

/** All entries in the order of their creation. */
export async function auditRows(vpms: { readonly dataDirectory: string }): Promise<AuditRow[]> {
  const sql = 'SELECT * FROM audit_log ORDER BY id';
  const rows = await queryDatabase<StoredRow>(vpms.dataDirectory, sql);
  return rows.map(({ values_before: before, values_after: after, ...row }) => ({
    ...row,
    before: parse(before),
    after: parse(after),
  }));
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
