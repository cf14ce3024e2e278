import { describe, expect, it, onTestFinished } from 'vitest';
import { TransactionRunner } from '../../../../src/platform/database/transaction-runner.js';
import { ReadDatabase } from '../../../../src/platform/database/read-database.js';
import { FixedClock } from '../../../support/app/fixed-clock.js';
import { createMembers } from '../../../support/data/factories.js';
import { finishedRun, runJob } from '../../../support/app/job-runs.js';
import { DAY } from '../../../../src/platform/time/durations.js';
import { MailServer } from '../../../support/servers/mail-server.js';
import { startTestApp } from '../../../support/app/test-app.js';
import { loginAdmin } from '../../../support/http/login.js';
import {
  importDrivers,
  mailOf,
  REMINDERS,
  startReminders,
} from '../../../support/scenes/reminders.js';
import { untilEndOfTest } from '../../../support/app/until-end-of-test.js';

describe('daily reminders', () => {
  it('are withheld from an account that has received 12 mails without links within a day', async () => {
    const { vpms, mailServer, run } = await startReminders({ chat: false });
    const [full, other] = await createMembers(vpms, 2);
    const insert = (subject: string, age: number) =>
      vpms.app.get(TransactionRunner).run(
        (tx) => tx.sql`
          INSERT INTO deliveries (subject, channel, user_id, status, updated_at)
          VALUES (${subject}, 'email', ${full?.id ?? 0}, 'sent',
            ${Date.parse('2026-03-10T12:00:00Z') - age})`,
      );
    for (let sent = 0; sent < 12; sent += 1) await insert(`monthly-reports ${sent}`, DAY - 1);
    for (let sent = 0; sent < 8; sent += 1) await insert(`account-mail ${sent}`, DAY - 1);
    await insert('export x', DAY);
    const done = await run();
    expect(done).toMatchObject({ status: 'completed', processed: 1, failed: 1 });
    expect(done.error).toBe('Withheld by the mail limit: 1.');
    expect([...mailServer.counts().keys()]).toEqual([mailOf(other ?? { username: '' })]);
  });

  it('fill messages of at most 4,096 characters that name every driver once, one per second', async () => {
    const { vpms, webhook, run } = await startReminders({ mail: false });
    const names = Array.from({ length: 450 }, (_, index) => `driver-${index}-`.padEnd(40, 'x'));
    await importDrivers(vpms, names);
    expect(await run()).toMatchObject({ status: 'completed', processed: 450 });
    expect(webhook.named).toEqual(names);
    expect(webhook.posts.length).toBeGreaterThan(4);
    for (const { text } of webhook.posts) expect(text.length).toBeLessThanOrEqual(4_096);
    expect(webhook.posts.some(({ text }) => text.length > 3_900)).toBe(true);
    for (const [index, { at }] of webhook.posts.slice(1).entries())
      expect(at - (webhook.posts[index]?.at ?? 0)).toBeGreaterThan(995);
    expect(webhook.posts[0]?.text).toContain('No parking lot has a free spot right now.');
  });

  it('name no driver twice after an attempt that failed with 500', async () => {
    const { vpms, webhook, run } = await startReminders({ mail: false });
    const drivers = await createMembers(vpms, 3);
    webhook.responses = [500, 429, 500, 500, 503];
    expect(await run()).toMatchObject({ status: 'completed', processed: 3, failed: 0 });
    expect(webhook.named.toSorted()).toEqual(drivers.map(({ username }) => username).toSorted());
    expect(new Set(webhook.posts.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it('are mailed although Google Chat refuses, and continue by chat when an admin repeats the run', async () => {
    const { vpms, webhook, mailServer, run } = await startReminders();
    const drivers = await createMembers(vpms, 3);
    webhook.defaultResponse = 403;
    const failed = await run();
    expect(failed).toMatchObject({ status: 'failed', processed: 3, failed: 3 });
    expect(failed.error).toBe('Google Chat responded with 403');
    expect(mailServer.counts()).toEqual(new Map(drivers.map((driver) => [mailOf(driver), 1])));
    webhook.defaultResponse = 200;
    expect(await run()).toMatchObject({ id: failed.id, status: 'completed', processed: 6 });
    expect(webhook.named).toHaveLength(3);
    expect(mailServer.received).toHaveLength(3);
  });

  it('complete with a note if no channel is configured', async () => {
    const { vpms, run } = await startReminders({ chat: false, mail: false });
    await createMembers(vpms, 2);
    const done = await run();
    expect(done).toMatchObject({ status: 'completed', processed: 0, failed: 0 });
    expect(done.error).toContain('No channel is configured');
  });

  it('count a refused recipient as failed, and reach all others', async () => {
    const { vpms, mailServer, run } = await startReminders({ chat: false });
    const drivers = await createMembers(vpms, 12);
    const refused = new Set(drivers.slice(2, 5).map(mailOf));
    mailServer.refuse = (recipient) => (refused.has(recipient) ? 550 : undefined);
    expect(await run()).toMatchObject({ status: 'completed', processed: 9, failed: 3 });
    expect(mailServer.counts().size).toBe(9);
    const rows = await vpms.app.get(ReadDatabase).sql<{ error: string }[]>`
      SELECT error FROM deliveries WHERE status = 'failed'`;
    expect(rows).toHaveLength(3);
    expect(rows[0]?.error).toContain('550');
  });

  it('are mailed over four connections at a time', async () => {
    const { vpms, environment, token } = await startReminders({ chat: false });
    const slow = untilEndOfTest(await MailServer.start({ delay: 30 }));
    await createMembers(vpms, 40);
    await vpms.stop();
    const other = await startTestApp({
      dataDirectory: vpms.dataDirectory,
      clock: new FixedClock('2026-03-10T12:00:00.000Z'),
      environment: { ...environment, ...slow.environment },
    });
    onTestFinished(() => other.stop());
    const done = await runJob(other.http, token, { name: REMINDERS });
    expect(done).toMatchObject({ processed: 40 });
    expect(slow.peak).toBe(4);
  });

  it('fail while the mail server is down, and continue where they stopped', async () => {
    const { vpms, mailServer, run } = await startReminders({ chat: false });
    const drivers = await createMembers(vpms, 60);
    // The server is unavailable after the 20th mail, until another server starts on its port.
    const { port } = mailServer;
    mailServer.reactionTo = () => {
      if (mailServer.received.length >= 20) void mailServer[Symbol.asyncDispose]();
      return 'accept';
    };
    const failed = await run();
    expect(failed.status).toBe('failed');
    expect(failed.error).toContain('the mail server does not respond');
    expect(failed.failed).toBeGreaterThan(0);
    const back = untilEndOfTest(await MailServer.start({ port }));
    const done = await run();
    expect(done).toMatchObject({ id: failed.id, status: 'completed' });
    const got = [...mailServer.received, ...back.received].map(({ to }) => to);
    expect(new Set(got).size).toBe(got.length);
    // Mails that were being sent when the server stopped may be lost, and are counted.
    expect(got.length + done.failed).toBeGreaterThanOrEqual(drivers.length);
    expect(done.failed).toBeLessThanOrEqual(4);
  }, 90_000);

  it('are not repeated if the server had the mail and did not confirm it', async () => {
    const { vpms, mailServer, run } = await startReminders({ chat: false });
    const drivers = await createMembers(vpms, 10);
    const victim = mailOf(drivers[3] ?? { username: '' });
    mailServer.reactionTo = (recipient) => (recipient === victim ? 'drop' : 'accept');
    const done = await run();
    expect(done).toMatchObject({ status: 'completed', processed: 9, failed: 1 });
    expect(done.error).toBe('Sent, but perhaps not delivered: 1.');
    expect([...mailServer.counts().values()]).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('reach no driver twice when two instances run the period at once', async () => {
    const { vpms, webhook, mailServer, clock, environment, token } = await startReminders();
    const drivers = await createMembers(vpms, 150);
    const { dataDirectory } = vpms;
    const second = await startTestApp({ clock, environment, dataDirectory });
    const instances = [vpms, second, vpms, second, vpms, second];
    const started = await Promise.all(
      instances.map(({ http }) => http.post(`/api/admin/jobs/${REMINDERS}/run`, { token })),
    );
    const ids = new Set(started.map(({ body }) => Number(body.id)));
    expect(ids.size).toBe(1);
    await finishedRun(vpms.http, token, Number([...ids][0]));
    await second.stop();
    await vpms.stop();
    expect([...mailServer.counts().values()]).toEqual(drivers.map(() => 1));
    expect(webhook.named.toSorted()).toEqual(drivers.map(({ username }) => username).toSorted());
  });

  it('are not continued on another day', async () => {
    const { vpms, mailServer, clock, environment, token } = await startReminders({ chat: false });
    await createMembers(vpms, 2);
    await vpms.app.get(TransactionRunner).run(
      (tx) => tx.sql`INSERT INTO job_runs (name, period, status, started_at)
        VALUES (${REMINDERS}, '2026-03-10', 'running', ${clock.now().getTime()})`,
    );
    await vpms.stop();
    clock.set('2026-03-11T00:00:01.000Z');
    const { dataDirectory } = vpms;
    const later = await startTestApp({ clock, environment, dataDirectory });
    onTestFinished(() => later.stop());
    const login = await loginAdmin(later);
    expect(token).not.toBe(login);
    const run = await finishedRun(later.http, login, 1);
    expect(run).toMatchObject({ status: 'failed', period: '2026-03-10' });
    expect(run.error).toContain('day was over');
    expect(mailServer.received).toEqual([]);
  });
});
