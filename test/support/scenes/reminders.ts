import { Account } from '../../../src/auth/accounts/account.entity.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { loginAdmin } from '../http/login.js';
import { GoogleChatServer } from '../servers/google-chat-server.js';
import { MailServer } from '../servers/mail-server.js';
import { FixedClock } from '../app/fixed-clock.js';
import { runJob } from '../app/job-runs.js';
import { startTestApp, type TestApp } from '../app/test-app.js';
import { untilEndOfTest } from '../app/until-end-of-test.js';

export const REMINDERS = 'daily-reminders';

interface Channels {
  readonly chat?: boolean;
  readonly mail?: boolean;
}

/** Starts the channels and a program that sends reminders through them; they end with the test. */
export async function startReminders({ chat = true, mail = true }: Channels = {}) {
  const webhook = untilEndOfTest(await GoogleChatServer.start());
  const mailServer = untilEndOfTest(await MailServer.start());
  const clock = new FixedClock('2026-03-10T12:00:00.000Z');
  const environment = {
    ...(chat ? webhook.environment : {}),
    ...(mail ? mailServer.environment : {}),
    PUBLIC_URL: 'https://parking.example.com',
  };
  const vpms = untilEndOfTest(await startTestApp({ clock, environment }));
  const token = await loginAdmin(vpms);
  const run = (period?: string) => runJob(vpms.http, token, { name: REMINDERS, period });
  return { vpms, webhook, mailServer, clock, token, run, environment };
}

export const mailOf = ({ username }: { readonly username: string }) => `${username}@example.com`;

/** Inserts drivers with names that a registration would refuse, as an import may do. */
export async function importDrivers({ app }: TestApp, names: readonly string[]): Promise<void> {
  await app.get(TransactionRunner).run(async (tx) => {
    for (const [index, username] of names.entries()) {
      await tx.insert(Account, {
        username,
        usernameKey: `import${index}`,
        email: `import${index}@example.com`,
        emailKey: `import${index}@example.com`,
        passwordHash: 'x',
        role: 'user',
        createdAt: new Date(0),
        updatedAt: new Date(0),
      });
    }
  });
}
