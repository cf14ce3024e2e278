import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type AccountChanges, changeAccount } from '../../../src/auth/accounts/account-changes.js';
import { lockAccount } from '../../../src/auth/accounts/locked-account.js';
import { ACCOUNT_MAIL, type AccountMailKind } from '../../../src/auth/links/account-mails.js';
import { AccountMailProcessor } from '../../../src/jobs/account-mails/account-mail.processor.js';
import { HOUSEKEEPING } from '../../../src/jobs/housekeeping.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { JobQueue } from '../../../src/platform/queue/delayed/job-queue.js';
import type { JobKind } from '../../../src/platform/queue/job-kind.js';
import { startTestApp } from '../../support/app/test-app.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { requestExport, waitForExport } from '../../support/app/exports.js';
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
  /** Resolves when no job with a mail is left to run. */
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
  it('are limited to eight a day to an account, and do not use up its other mails', async () => {
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
  /** Milliseconds within which what runs beside a transaction has reached the account's lock. */
  const TO_REACH_THE_LOCK = 500;

  /** Runs a job, and makes the change after the job has read the account and before it claims. */
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
      // Both wait for this transaction: first the claim of the delivery, then the erasure.
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
