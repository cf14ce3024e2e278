import { describe, expect, it } from 'vitest';
import { Housekeeping } from '../../../src/jobs/housekeeping.js';
import { DAY } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';

describe('housekeeping', () => {
  const clock = new FixedClock('2026-03-10T12:00:00Z');
  const vpms = useTestApp({ clock });
  const query = <Row extends object>(sql: string) => queryDatabase<Row>(vpms.dataDirectory, sql);

  it('deletes deliveries after 35 days, except those of a run that can be continued', async () => {
    const { id } = await createMember(vpms);
    const now = clock.now().getTime();
    const old = now - 35 * DAY - 1;
    await query(`INSERT INTO job_runs (name, period, status, started_at) VALUES
      ('monthly-reports', '2025-12', 'completed', ${old}),
      ('monthly-reports', '2025-11', 'failed', ${old})`);
    const rows = [
      ['monthly-reports 2025-12', old],
      ['monthly-reports 2025-11', old],
      ['daily-reminders 2026-01-01', old],
      ['export x', old],
      ['export y', now - 35 * DAY],
      // Enough rows for more than one batch.
      ...Array.from({ length: 1_200 }, (_, index) => [`daily-reminders ${index}`, old] as const),
    ] as const;
    await query(`INSERT INTO deliveries (subject, channel, user_id, status, updated_at) VALUES
      ${rows.map(([subject, at]) => `('${subject}', 'email', ${id}, 'sent', ${at})`).join(', ')}`);
    await vpms.app.get(Housekeeping).run();
    expect(await query('SELECT subject FROM deliveries ORDER BY subject')).toEqual([
      { subject: 'export y' },
      { subject: 'monthly-reports 2025-11' },
    ]);
  });

  it('deletes runs of reminders after 400 days, and keeps those of reports', async () => {
    const old = clock.now().getTime() - 400 * DAY - 1;
    await query(`INSERT INTO job_runs (name, period, status, started_at) VALUES
      ('daily-reminders', '2025-02-01', 'completed', ${old}),
      ('daily-reminders', '2025-02-03', 'completed', ${old + 1}),
      ('monthly-reports', '2025-01', 'completed', ${old})`);
    await vpms.app.get(Housekeeping).run();
    const left = await query(
      `SELECT period FROM job_runs WHERE period LIKE '2025-0%' ORDER BY period`,
    );
    expect(left).toEqual([{ period: '2025-01' }, { period: '2025-02-03' }]);
  });

  it('deletes links that have expired', async () => {
    const { id } = await createMember(vpms);
    const now = clock.now().getTime();
    const numbers = Array.from({ length: 1_100 }, (_, index) => index);
    await query(`INSERT INTO account_links (digest, purpose, account_id, bound_to, created_at, expires_at)
      VALUES ${numbers.map((number) => `('l${number}', 'reset', ${id}, '', 0, ${now - number})`).join(', ')},
        ('live', 'reset', ${id}, '', 0, ${now + 1})`);
    await vpms.app.get(Housekeeping).run();
    expect(await query('SELECT digest FROM account_links')).toEqual([{ digest: 'live' }]);
  });

  it('deletes audit entries after AUDIT_RETENTION_DAYS, and no other', async () => {
    const now = clock.now().getTime();
    const old = now - 1_095 * DAY;
    const numbers = Array.from({ length: 1_100 }, (_, index) => index + 1);
    await query(`INSERT INTO audit_log (recorded_at, action, target_type) VALUES
      ${numbers.map((number) => `(${old - number}, 'login.failed', 'account')`).join(', ')},
      (${old}, 'login.failed', 'account')`);
    const kept = await query(`SELECT id FROM audit_log WHERE recorded_at >= ${old} ORDER BY id`);
    await vpms.app.get(Housekeeping).run();
    expect(kept.length).toBeGreaterThan(0);
    expect(await query('SELECT id FROM audit_log ORDER BY id')).toEqual(kept);
    expect(await query('SELECT id FROM audit_permits')).toEqual([]);
  });

  it('deletes networks from which the account has not logged in for SESSION_NETWORK_RETENTION_DAYS', async () => {
    const { id } = await createMember(vpms);
    const old = clock.now().getTime() - 365 * DAY;
    const numbers = Array.from({ length: 1_100 }, (_, index) => index + 1);
    await query(`INSERT INTO login_networks (account_id, network, used_at) VALUES
      ${numbers.map((number) => `(${id}, 'n${number}', ${old - number})`).join(', ')},
      (${id}, 'kept', ${old})`);
    await vpms.app.get(Housekeeping).run();
    expect(
      await query(
        `SELECT network FROM login_networks WHERE account_id = ${id} AND used_at <= ${old}`,
      ),
    ).toEqual([{ network: 'kept' }]);
  });

  it('deletes expired sessions and idempotency records in batches', async () => {
    const { id } = await createMember(vpms);
    const old = clock.now().getTime() - 2 * DAY;
    const numbers = Array.from({ length: 1_100 }, (_, index) => index);
    await query(`INSERT INTO sessions (id, account_id, expires_at) VALUES
      ${numbers.map((number) => `('s${number}', ${id}, ${old})`).join(', ')}`);
    await query(`INSERT INTO idempotency_records (request_digest, body_digest, outcome, created_at)
      VALUES ${numbers.map((number) => `('r${number}', '', '{}', ${old})`).join(', ')}`);
    await vpms.app.get(Housekeeping).run();
    expect(await query(`SELECT id FROM sessions WHERE expires_at = ${old}`)).toEqual([]);
    expect(await query('SELECT created_at FROM idempotency_records')).toEqual([]);
  });
});
