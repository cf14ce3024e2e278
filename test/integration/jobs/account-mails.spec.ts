import { afterEach, describe, expect, it } from 'vitest';
import { startTestApp } from '../../support/app/test-app.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { requestExport, waitForExport } from '../../support/app/exports.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { queryDatabase } from '../../support/data/test-database.js';
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
