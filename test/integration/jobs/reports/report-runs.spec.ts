import { describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../../src/platform/database/transaction-runner.js';
import type { MonthlyStatistics } from '../../../../src/jobs/reports/monthly-statistics.js';
import { createLot, createMember, createMembers } from '../../../support/data/factories.js';
import { recordBookings } from '../../../support/data/past-bookings.js';
import { listRuns } from '../../../support/app/job-runs.js';
import { ON_POSTGRES, queryDatabase } from '../../../support/data/test-database.js';
import { REPORTS, startReports } from '../../../support/scenes/reports.js';

type StoredStatistics = MonthlyStatistics & { readonly v: number };

/** Records each change of a run's counter, even if changes are too fast for polling. */
const NOTE_PROGRESS = [
  'CREATE TABLE progress_notes (processed integer)',
  ...(ON_POSTGRES
    ? [
        `CREATE FUNCTION note_progress() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO progress_notes VALUES (new.processed); RETURN new; END'`,
        `CREATE TRIGGER note_progress AFTER UPDATE ON job_runs
          FOR EACH ROW EXECUTE FUNCTION note_progress()`,
      ]
    : [
        `CREATE TRIGGER note_progress AFTER UPDATE ON job_runs
          BEGIN INSERT INTO progress_notes VALUES (new.processed); END`,
      ]),
];

describe('monthly reports', () => {
  it('show their progress while they are made', { timeout: 120_000 }, async () => {
    const { vpms, token } = await startReports({ now: '2026-03-02T00:00:00Z' });
    const { id: lotId } = await createLot(vpms);
    const members = await createMembers(vpms, 1_500);
    const stay = { lotId, parkedAt: '2026-02-10T10:00:00Z', leftAt: '2026-02-10T11:30:00Z' };
    await recordBookings(
      vpms,
      members.map(({ id }) => ({ ...stay, userId: id })),
    );
    for (const sql of NOTE_PROGRESS) await queryDatabase(vpms.dataDirectory, sql);
    await vpms.http.post(`/api/admin/jobs/${REPORTS}/run`, { token });
    const processed = async () => (await listRuns(vpms.http, token))[0]?.processed;
    await expect.poll(processed, { timeout: 20_000 }).toBe(1_500);
    const notes = await queryDatabase<{ processed: number }>(
      vpms.dataDirectory,
      'SELECT DISTINCT processed FROM progress_notes ORDER BY processed',
    );
    expect(notes.length).toBeGreaterThan(2);
  });

  it('reach the other recipients if one is refused, and are counted again when resumed', async () => {
    const { vpms, run, mailServer } = await startReports({ now: '2026-03-02T00:00:00Z' });
    const { id: lotId } = await createLot(vpms);
    const members = await createMembers(vpms, 6);
    const stay = { lotId, parkedAt: '2026-02-10T10:00:00Z', leftAt: '2026-02-10T11:30:00Z' };
    await recordBookings(
      vpms,
      members.map(({ id }) => ({ ...stay, userId: id })),
    );
    mailServer.refuseSender = 554;
    const failed = await run();
    expect(failed).toMatchObject({ status: 'failed', processed: 6 });
    expect(failed.error).toContain('refuses the sender of MAIL_FROM');
    mailServer.refuseSender = undefined;
    mailServer.refuse = (recipient) =>
      recipient.startsWith(`${members[0]?.username}@`) ? 550 : undefined;
    expect(await run()).toMatchObject({
      id: failed.id,
      status: 'completed',
      processed: 6,
      failed: 1,
    });
    expect(mailServer.counts().size).toBe(5);
  });

  it.each([
    ['without a version number', ({ v: _, ...statistics }: StoredStatistics) => statistics],
    ['by a later version', ({ lots }: StoredStatistics) => ({ v: 2, numberOfLots: lots.length })],
  ])('are readable and mailed if they were stored %s', async (_, convert) => {
    const { vpms, run, mailServer } = await startReports({ now: '2026-03-02T00:00:00Z' });
    const { id: userId, username, token } = await createMember(vpms);
    const { id: lotId } = await createLot(vpms, { name: 'Central' });
    const stay = { parkedAt: '2026-02-10T10:00:00Z', leftAt: '2026-02-10T11:00:00Z', cost: 700 };
    await recordBookings(vpms, [{ userId, lotId, ...stay }]);
    mailServer.refuseSender = 451;
    expect(await run()).toMatchObject({ status: 'failed', processed: 1 });
    const page = () => vpms.http.get('/api/user/reports/2026-02', { token });
    const first = await page();
    expect([first.status, first.text.includes('INR 7.00')]).toEqual([200, true]);

    await vpms.app.get(TransactionRunner).run(async (tx) => {
      const [report] = await tx.sql<{ content: string }[]>`
        SELECT content FROM reports WHERE user_id = ${userId}`;
      const content = JSON.stringify(convert(JSON.parse(report?.content ?? '')));
      await tx.sql`UPDATE reports SET content = ${content} WHERE user_id = ${userId}`;
    });
    const again = await page();
    expect([again.status, again.text]).toEqual([200, first.text]);
    mailServer.refuseSender = undefined;
    expect(await run()).toMatchObject({ status: 'completed', processed: 1, failed: 0 });
    expect(mailServer.mailTo(`${username}@example.com`).parsed.text).toContain('INR 7.00');
  });
});
