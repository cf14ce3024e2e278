import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type AccountChanges, changeAccount } from '../../../src/auth/accounts/account-changes.js';
import { lockAccount } from '../../../src/auth/accounts/locked-account.js';
import { ACCOUNT_MAIL, type AccountMailKind } from '../../../src/auth/links/account-mails.js';
import { AccountMailProcessor } from '../../../src/jobs/account-mails/account-mail.processor.js';
import { HOUSEKEEPING } from '../../../src/jobs/housekeeping.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DelayedJobs } from '../../../src/platform/queue/delayed/delayed-jobs.js';
import { JobQueue } from '../../../src/platform/queue/delayed/job-queue.js';
import type { JobKind } from '../../../src/platform/queue/job-kind.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { requestExport, waitForExport } from '../../support/scenes/exports.js';
import { waitUntil } from '../../support/app/job-runs.js';
import {
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
} from '../../support/data/factories.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { MailServer } from '../../support/servers/mail-server.js';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
});

interface StoredDelivery {
  readonly subject: string;
  readonly status: string;
  readonly error: string | null;
}

async function start() {
  const mailServer = await MailServer.start();
  const clock = new FixedClock();
  const vpms = await startTestApp({ clock, environment: mailServer.environment });
  open.push(mailServer, vpms);
  const { http, dataDirectory } = vpms;
  const forget = async (email: string) => {
    const requested = await http.post('/api/user/forgot-password', { body: { email } });
    expect(requested.status).toBe(202);
  };
  const subjectsTo = (address: string) =>
    mailServer.received.filter(({ to }) => to === address).map(({ parsed }) => parsed.subject);
  const deliveries = () =>
    queryDatabase<StoredDelivery>(dataDirectory, 'SELECT subject, status, error FROM deliveries');
  /** Resolves when every mail job has finished. */
  const settled = () =>
    waitUntil(async () => {
      const unfinished = await queryDatabase(
        dataDirectory,
        `SELECT id FROM jobs WHERE name = 'account-mail' AND status IN ('pending', 'running')`,
      );
      return unfinished.length === 0 || undefined;
    });
  return { vpms, mailServer, clock, forget, subjectsTo, deliveries, settled };
}

describe('mails with links', () => {
  it('are limited to eight a day to an account, and do not count towards the limit of its other mails', async () => {
    const { vpms, clock, forget, subjectsTo, deliveries, settled } = await start();
    const driver = await createMember(vpms);
    const email = `${driver.username}@example.com`;
    for (let hour = 0; hour < 7; hour += 1) {
      for (let request = 0; request < 3; request += 1) await forget(email);
      await settled();
      clock.advance(3_600_000);
    }
    expect(subjectsTo(email)).toEqual(Array.from({ length: 8 }, () => 'Set a new password'));
    const withheld = (await deliveries()).filter(({ status }) => status === 'failed');
    expect(withheld).toHaveLength(13);
    expect(withheld[0]?.error).toContain('as many mails as its limit allows');

    const { id: lotId } = await createLot(vpms);
    await vpms.as(driver).stay(lotId);
    await waitForExport(await requestExport(vpms.http, driver.token), 'completed');
    await waitUntil(() => subjectsTo(email).length === 9 || undefined);
    expect(subjectsTo(email).at(-1)).toBe('Your bookings as CSV');
  });

  it('are sent to an account that has received twelve other mails', async () => {
    const { vpms, clock, forget, subjectsTo, settled } = await start();
    const { id, username } = await createMember(vpms);
    for (let sent = 0; sent < 12; sent += 1) {
      await queryDatabase(
        vpms.dataDirectory,
        `INSERT INTO deliveries (subject, channel, user_id, status, updated_at)
          VALUES ('monthly-reports ${sent}', 'email', ${id}, 'sent', ${clock.now().getTime()})`,
      );
    }
    await forget(`${username}@example.com`);
    await settled();
    expect(subjectsTo(`${username}@example.com`)).toEqual(['Set a new password']);
  });
});

describe('a mail with a link whose account changes while the job runs', () => {
  /** Milliseconds in which concurrent work reaches the account's lock. */
  const TO_REACH_THE_LOCK = 500;

  /** Runs a job, and makes the change between its read of the account and the beginning of the delivery. */
  async function changeDuring(mail: AccountMailKind, changes: AccountChanges) {
    const started = await start();
    const { vpms } = started;
    const driver = await createMember(vpms);
    const transactions = vpms.app.get(TransactionRunner);
    let job: Promise<void> = Promise.resolve();
    await transactions.run(async (tx) => {
      const account = await lockAccount(tx, { id: driver.id, role: 'user' });
      job = runJob(started, driver, mail);
      await sleep(TO_REACH_THE_LOCK);
      await changeAccount(tx, account, { changes, by: 'program', at: new Date() });
    });
    await job;
    return { ...started, driver };
  }

  function runJob({ vpms }: Awaited<ReturnType<typeof start>>, driver: TestAccount, mail: string) {
    const payload = { v: 1, accountId: driver.id, mail };
    const job = { id: randomUUID(), payload, complete: async () => undefined };
    return vpms.app.get(AccountMailProcessor).run(job, new AbortController().signal);
  }

  it.each([
    ['is disabled', { disabled: true }],
    ['gets another e-mail', { email: 'another@example.com' }],
  ])('is not sent, and leaves no link, if the account %s', async (_, changes) => {
    const { vpms, mailServer, deliveries } = await changeDuring('reset', changes);
    expect(mailServer.received).toEqual([]);
    expect(await countRows(vpms.dataDirectory, 'account_links')).toBe(0);
    const error = 'Not sent: the mail is no longer needed.';
    expect(await deliveries()).toMatchObject([{ status: 'failed', error }]);
  });

  it('is not sent, and leaves no link, if the person is erased', async () => {
    const started = await start();
    const { vpms, mailServer, deliveries } = started;
    const driver = await createMember(vpms);
    const running: Promise<unknown>[] = [];
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      await lockAccount(tx, { id: driver.id, role: 'user' });
      // Both wait for this transaction: first the delivery, then the erasure.
      running.push(runJob(started, driver, 'reset'));
      await sleep(TO_REACH_THE_LOCK);
      const body = { current_password: PASSWORD };
      running.push(vpms.http.request('DELETE', '/api/auth/me', { token: driver.token, body }));
      await sleep(TO_REACH_THE_LOCK);
    });
    const [, erased] = await Promise.all(running);
    expect(erased).toMatchObject({ status: 204 });
    expect(mailServer.received).toEqual([]);
    expect(await countRows(vpms.dataDirectory, 'account_links')).toBe(0);
    expect(await deliveries()).toEqual([]);
  });
});

it('a job for a mail with a link is deleted once its account has another e-mail', async () => {
  const { vpms, clock, subjectsTo } = await start();
  const [driver, other] = [await createMember(vpms), await createMember(vpms)];
  const later = new Date(clock.now().getTime() + 3_600_000);
  const schedule = (kind: JobKind, accountId: number) =>
    vpms.app.get(TransactionRunner).run(async (tx) => {
      const payload = { v: 1, accountId, mail: 'reset' };
      await vpms.app.get(JobQueue).schedule(tx, { kind, payload, runAt: later });
    });
  await schedule(ACCOUNT_MAIL, driver.id);
  await schedule(ACCOUNT_MAIL, other.id);
  await schedule(ACCOUNT_MAIL, Number(`${driver.id}0`));
  await schedule(HOUSEKEEPING, driver.id);
  const admin = await createMember(vpms, 'admin');
  const body = { email: 'moved@example.com' };
  await vpms.http.request('PATCH', `/api/admin/users/${driver.id}`, { token: admin.token, body });
  await waitUntil(() => subjectsTo('moved@example.com').length === 1 || undefined);
  const left = await queryDatabase<{ name: string; payload: string }>(
    vpms.dataDirectory,
    `SELECT name, payload FROM jobs WHERE run_at = ${later.getTime()}`,
  );
  const ofDriver = `"accountId":${driver.id},`;
  expect(left).toHaveLength(3);
  expect(left.filter(({ payload }) => payload.includes(ofDriver))).toMatchObject([
    { name: HOUSEKEEPING.name },
  ]);
  expect(subjectsTo('moved@example.com')).toEqual(['Confirm your e-mail address']);
});

describe('a driver who logs in', () => {
  const person = { username: 'early', email: 'early@example.com', password: PASSWORD };
  const { username, password } = person;
  const logIn = async (vpms: TestApp) => {
    const { status } = await vpms.http.post('/api/user/login', { body: { username, password } });
    expect(status).toBe(200);
  };

  it('gets a link that confirms the address, if none was sent at the registration', async () => {
    await using mailServer = await MailServer.start();
    const clock = new FixedClock();
    const before = await startTestApp({ clock });
    await before.http.post('/api/user/register', { body: person });
    await before.stop();
    const { dataDirectory } = before;
    const environment = mailServer.environment;
    const vpms = await startTestApp({ clock, environment, dataDirectory });
    open.push(vpms);
    await Promise.all([logIn(vpms), logIn(vpms), logIn(vpms)]);
    const { text } = (await waitUntil(() => mailServer.received[0])).parsed;
    await logIn(vpms);
    clock.advance(20 * 86_400_000);
    await vpms.app.get(DelayedJobs).deleteFinished();
    await logIn(vpms);
    expect(await countRows(dataDirectory, 'jobs', `name = 'account-mail'`)).toBe(0);
    const link = /\/confirm\?token=\S+/.exec(text ?? '')?.[0] ?? '';
    expect((await vpms.http.post(link)).status).toBe(200);
    clock.advance(20 * 86_400_000);
    await logIn(vpms);
    expect(mailServer.received).toHaveLength(1);
    expect(await countRows(dataDirectory, 'jobs', `name = 'account-mail'`)).toBe(0);
  });

  it('immediately after the registration gets one link', async () => {
    const { vpms, mailServer, settled } = await start();
    await vpms.http.post('/api/user/register', { body: person });
    await logIn(vpms);
    await settled();
    await logIn(vpms);
    await settled();
    expect(mailServer.received).toHaveLength(1);
  });

  it('gets another link when the first one has expired', async () => {
    const { vpms, clock, mailServer, settled } = await start();
    await vpms.http.post('/api/user/register', { body: person });
    await settled();
    clock.advance(30 * 86_400_000);
    await vpms.app.get(DelayedJobs).deleteFinished();
    await logIn(vpms);
    await settled();
    expect(mailServer.received).toHaveLength(2);
  });
});
