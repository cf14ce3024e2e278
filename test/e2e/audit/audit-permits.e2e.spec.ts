import { beforeEach, describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { raw } from '../../../src/platform/database/sql/sql.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import { countRows } from '../../support/data/test-database.js';

const REFUSED = 'audit_log only takes new rows';

describe('a stored audit entry', () => {
  const vpms = useTestApp();
  const run = (work: (tx: Tx) => Promise<unknown>) => vpms.app.get(TransactionRunner).run(work);
  const withPermit = (permit: string, statement: string) =>
    run(async (tx) => {
      await tx.sql`INSERT INTO audit_permits (kind, recorded_before) VALUES ${raw(permit)}`;
      await tx.sql`${raw(statement)}`;
      await tx.sql`DELETE FROM audit_permits WHERE TRUE`;
    });
  let id: number;

  beforeEach(async () => {
    await run(
      (tx) => tx.sql`
        INSERT INTO audit_log (recorded_at, action, actor_id, actor_name, client_address, target_type,
          values_after)
        VALUES (1000, 'login.failed', 7, 'person', '192.0.2.1', 'account', '{"email":"p@example.com"}')`,
    );
    id = (await auditRows(vpms)).at(-1)?.id ?? 0;
  });

  it('loses its personal values in an erasure', async () => {
    await withPermit(
      `('erase', NULL)`,
      `UPDATE audit_log SET actor_name = NULL, client_address = NULL, values_after = NULL
        WHERE id = ${id}`,
    );
    const row = (await auditRows(vpms)).find((each) => each.id === id);
    expect(row).toMatchObject({ actor_id: 7, actor_name: null, client_address: null, after: null });
    expect(await countRows(vpms.dataDirectory, 'audit_permits')).toBe(0);
  });

  it.each([
    `UPDATE audit_log SET action = 'forged'`,
    `UPDATE audit_log SET recorded_at = 0`,
    `UPDATE audit_log SET actor_id = NULL`,
    `UPDATE audit_log SET id = id + 1000`,
    `UPDATE audit_log SET request_id = 'forged'`,
    `DELETE FROM audit_log`,
  ])('cannot be changed in any other way by an erasure: %s', async (statement) => {
    const before = await auditRows(vpms);
    await expect(withPermit(`('erase', NULL)`, statement)).rejects.toThrow(REFUSED);
    expect(await auditRows(vpms)).toEqual(before);
  });

  it('is deleted once it is older than the retention allows', async () => {
    const statement = `DELETE FROM audit_log WHERE id = ${id}`;
    await expect(withPermit(`('expire', 1000)`, statement)).rejects.toThrow(REFUSED);
    await expect(
      withPermit(`('expire', 9000)`, `UPDATE audit_log SET actor_name = NULL WHERE id = ${id}`),
    ).rejects.toThrow(REFUSED);
    await withPermit(`('expire', 1001)`, statement);
    expect((await auditRows(vpms)).map((row) => row.id)).not.toContain(id);
  });
});
