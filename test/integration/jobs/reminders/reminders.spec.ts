import { afterEach, describe, expect, it } from 'vitest';
import { Account } from '../../../../src/auth/accounts/account.entity.js';
import { TransactionRunner } from '../../../../src/platform/database/transaction-runner.js';
import { ReadDatabase } from '../../../../src/platform/database/read-database.js';
import { FixedClock } from '../../../support/app/fixed-clock.js';
import { createLot, createMember, createMembers } from '../../../support/data/factories.js';
import { recordBookings } from '../../../support/data/past-bookings.js';
import { finishedRun, runJob } from '../../../support/app/job-runs.js';
import { DAY, HOUR } from '../../../../src/platform/time/durations.js';
import { MailServer } from '../../../support/servers/mail-server.js';
import { startTestApp, type TestApp } from '../../../support/app/test-app.js';
import { GoogleChatServer } from '../../../support/servers/google-chat-server.js';
import { loginAdmin } from '../../../support/http/login.js';

const NAME = 'daily-reminders';
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
});

interface Channels {
  readonly chat?: boolean;
  readonly mail?: boolean;
}

async function start({ chat = true, mail = true }: Channels = {}) {
  const webhook = await GoogleChatServer.start();
  const mailServer = await MailServer.start();
  const clock = new FixedClock('2026-03-10T12:00:00.000Z');
  const environment = {
    ...(chat ? webhook.environment : {}),
    ...(mail ? mailServer.environment : {}),
    PUBLIC_URL: 'https://parking.example.com',
  };
  const vpms = await startTestApp({ clock, environment });
  open.push(webhook, mailServer, vpms);
  const token = await loginAdmin(vpms);
  const run = (period?: string) => runJob(vpms.http, token, { name: NAME, period });
  return { vpms, webhook, mailServer, clock, token, run, environment };
}

const mailOf = ({ username }: { readonly username: string }) => `${username}@example.com`;

/** Drivers with names that a registration refuses, as an import may create. */
async function importDrivers({ app }: TestApp, names: readonly string[]): Promise<void> {
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

describe('daily reminders', () => {
  it('reach drivers whose last booking began more than 7 days ago, or who have none', async () => {
    const { vpms, webhook, mailServer, run } = await start();
    const lot = await createLot(vpms);
    await createLot(vpms);
    const parked = async (parkedAt: string, leftAt?: string, spot?: number) => {
      const member = await createMember(vpms);
      const stay = { userId: member.id, lotId: lot.id, spot };
      await recordBookings(vpms, [{ ...stay, parkedAt, leftAt }]);
      return member;
    };
    // The current instant is 2026-03-10T12:00.
    const reminded = [
      await createMember(vpms),
      await parked('2026-03-03T11:59:00.000Z', '2026-03-03T12:30:00.000Z'),
      await parked('2026-03-03T11:59:59.999Z', '2026-03-03T12:30:00.000Z'),
      await parked('2026-03-02T12:00:00.000Z', undefined, 2),
    ];
    const spared = [
      await parked('2026-03-09T12:00:00.000Z', '2026-03-09T13:00:00.000Z'),
      await parked('2026-03-03T12:00:00.000Z', '2026-03-03T13:00:00.000Z'),
      await parked('2026-03-10T11:00:00.000Z', undefined, 3),
      await createMember(vpms, 'admin'),
    ];
    const often = await parked('2026-02-01T12:00:00.000Z', '2026-02-01T13:00:00.000Z');
    await recordBookings(vpms, [
      {
        userId: often.id,
        lotId: lot.id,
        parkedAt: '2026-03-08T12:00:00Z',
        leftAt: '2026-03-08T12:10:00Z',
      },
    ]);
    expect(await run()).toMatchObject({
      status: 'completed',
      period: '2026-03-10',
      processed: 8,
      failed: 0,
      error: null,
    });
    expect(webhook.named).toEqual(reminded.map(({ username }) => username));
    expect([...mailServer.counts().keys()].toSorted()).toEqual(reminded.map(mailOf).toSorted());
    expect(spared.map(mailOf).some((address) => mailServer.counts().has(address))).toBe(false);
    expect(webhook.posts[0]?.text).toContain('2 parking lots have free spots right now.');
    const { parsed } = mailServer.mailTo(mailOf(reminded[0] ?? { username: '' }));
    for (const body of [parsed.text, String(parsed.html)]) {
      expect(body).toContain(reminded[0]?.username);
      expect(body).toContain('2 parking lots have free spots right now.');
      expect(body).toContain('https://parking.example.com');
    }
  });

  it('are worded by what the driver has done', async () => {
    const { vpms, mailServer, run, webhook } = await start();
    const lot = await createLot(vpms);
    const [fresh, away, parked] = await createMembers(vpms, 3);
    const stays = [
      { userId: away?.id ?? 0, parkedAt: '2026-03-01T10:00:00Z', leftAt: '2026-03-01T11:00:00Z' },
      { userId: parked?.id ?? 0, parkedAt: '2026-03-01T12:00:00Z' },
    ];
    await recordBookings(
      vpms,
      stays.map((stay) => ({ ...stay, lotId: lot.id })),
    );
    expect(await run()).toMatchObject({ status: 'completed', processed: 6 });
    const mailTo = (username = '') => mailServer.mailTo(mailOf({ username })).parsed;
    const greeting = (username = '') => `Hello ${username},\n\n`;
    const free = '1 parking lot has free spots right now.';

    const first = mailTo(fresh?.username);
    expect(first.subject).toBe('Your spot is waiting');
    expect(first.text).toContain(
      `${greeting(fresh?.username)}You have not booked a spot yet. ${free}\n`,
    );
    expect(first.text).not.toContain('week');
    expect(String(first.html)).not.toContain('week');

    const second = mailTo(away?.username);
    expect(second.subject).toBe('Your spot is waiting');
    expect(second.text).toContain(
      `${greeting(away?.username)}You have not booked a spot for more than a week. ${free}\n`,
    );

    const third = mailTo(parked?.username);
    expect(third.subject).toBe('You are still parked');
    expect(third.text).toContain(
      `${greeting(parked?.username)}You have been parked for more than a week.\n`,
    );
    expect(`${third.text} ${String(third.html)}`).not.toMatch(/waiting|free spot|not booked/);
    for (const { text } of [first, second, third]) expect(text).not.toContain('because You');
    expect(webhook.posts[0]?.text).not.toContain('more than a week');
  });

  it('name a reservation that starts within a day, unless it is cancelled, a hold or missed', async () => {
    const { vpms, mailServer, webhook, run, clock } = await start();
    const { id: lotId } = await createLot(vpms);
    const reserve = async (hours: number, fields: object = {}) => {
      const member = await createMember(vpms);
      const from = clock.now().getTime() + hours * HOUR;
      const window = { from: new Date(from), until: new Date(from + HOUR) };
      const { status, body } = await vpms
        .as(member)
        .bookAhead({ lot_id: lotId, ...window, ...fields });
      expect(status).toBe(201);
      return { ...member, bookingId: body.id as number };
    };
    clock.advance(-2 * HOUR);
    const missed = await reserve(1);
    clock.advance(2 * HOUR);
    const soon = await reserve(20);
    const cancelled = await reserve(20);
    await vpms.as(cancelled).cancel(cancelled.bookingId);
    const others = [missed, cancelled, await reserve(25), await reserve(20, { hold: true })];
    // A driver who has parked within a week gets no other reminder.
    const recent = await reserve(20);
    await recordBookings(vpms, [
      {
        userId: recent.id,
        lotId,
        parkedAt: '2026-03-09T12:00:00Z',
        leftAt: '2026-03-09T13:00:00Z',
      },
    ]);
    expect(await run()).toMatchObject({ status: 'completed', failed: 0 });
    const mails = (members: readonly { readonly username: string }[]) =>
      members.map((member) => mailServer.mailTo(mailOf(member)).parsed.text);
    for (const text of mails([soon, recent])) {
      expect(text).toContain('Your booking starts on Wed 11 Mar, 08:00.');
    }
    expect(mails([recent])[0]).not.toContain('not booked');
    for (const text of mails(others)) expect(text).not.toContain('booking starts');
    const posted = webhook.posts.map(({ text }) => text).join('\n');
    expect(posted).toContain('No new booking within the last 7 days, or one that starts soon. ');
    for (const { username } of [soon, recent]) {
      expect(posted).toContain(`\`${username}\` (has a booking that starts within 24 hours)`);
    }
    for (const { username } of others) expect(posted).not.toContain(`\`${username}\` (`);
  });

  it('are withheld from an account that has received 12 mails without links within a day', async () => {
    const { vpms, mailServer, run } = await start({ chat: false });
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
    expect(done.error).toBe('Withheld by the limit of mails: 1.');
    expect([...mailServer.counts().keys()]).toEqual([mailOf(other ?? { username: '' })]);
  });

  it('fill messages of at most 4,096 characters that name every driver once, one per second', async () => {
    const { vpms, webhook, run } = await start({ mail: false });
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
    const { vpms, webhook, run } = await start({ mail: false });
    const drivers = await createMembers(vpms, 3);
    webhook.responses = [500, 429, 500, 500, 503];
    expect(await run()).toMatchObject({ status: 'completed', processed: 3, failed: 0 });
    expect(webhook.named.toSorted()).toEqual(drivers.map(({ username }) => username).toSorted());
    expect(new Set(webhook.posts.map(({ requestId }) => requestId)).size).toBe(1);
  });

  it('are mailed although Google Chat refuses, and continue by chat when an admin repeats the run', async () => {
    const { vpms, webhook, mailServer, run } = await start();
    const drivers = await createMembers(vpms, 3);
    webhook.defaultResponse = 403;
    const failed = await run();
    expect(failed).toMatchObject({ status: 'failed', processed: 3, failed: 3 });
    expect(failed.error).toBe('the webhook responded with 403');
    expect(mailServer.counts()).toEqual(new Map(drivers.map((driver) => [mailOf(driver), 1])));
    webhook.defaultResponse = 200;
    expect(await run()).toMatchObject({ id: failed.id, status: 'completed', processed: 6 });
    expect(webhook.named).toHaveLength(3);
    expect(mailServer.received).toHaveLength(3);
  });

  it('complete with a note if no channel is configured', async () => {
    const { vpms, run } = await start({ chat: false, mail: false });
    await createMembers(vpms, 2);
    const done = await run();
    expect(done).toMatchObject({ status: 'completed', processed: 0, failed: 0 });
    expect(done.error).toContain('nowhere to send to');
  });

  it('count a refused recipient as failed, and reach all others', async () => {
    const { vpms, mailServer, run } = await start({ chat: false });
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
    const { vpms, environment, token } = await start({ chat: false });
    const slow = await MailServer.start({ delay: 30 });
    open.push(slow);
    await createMembers(vpms, 40);
    await vpms.stop();
    const other = await startTestApp({
      dataDirectory: vpms.dataDirectory,
      clock: new FixedClock('2026-03-10T12:00:00.000Z'),
      environment: { ...environment, ...slow.environment },
    });
    open.push({ [Symbol.asyncDispose]: () => other.stop() });
    const done = await runJob(other.http, token, { name: NAME });
    expect(done).toMatchObject({ processed: 40 });
    expect(slow.peak).toBe(4);
  });

  it('fail while the mail server is down, and continue where they stopped', async () => {
    const { vpms, mailServer, run } = await start({ chat: false });
    const drivers = await createMembers(vpms, 60);
    // Unavailable after the 20th mail, until the port is used again.
    const { port } = mailServer;
    mailServer.fateOf = () => {
      if (mailServer.received.length >= 20) void mailServer[Symbol.asyncDispose]();
      return 'accept';
    };
    const failed = await run();
    expect(failed.status).toBe('failed');
    expect(failed.error).toContain('the mail server does not respond');
    expect(failed.failed).toBeGreaterThan(0);
    const back = await MailServer.start({ port });
    open.push(back);
    const done = await run();
    expect(done).toMatchObject({ id: failed.id, status: 'completed' });
    const got = [...mailServer.received, ...back.received].map(({ to }) => to);
    expect(new Set(got).size).toBe(got.length);
    // Mails that were being sent when the server stopped may be lost, and are counted.
    expect(got.length + done.failed).toBeGreaterThanOrEqual(drivers.length);
    expect(done.failed).toBeLessThanOrEqual(4);
  }, 90_000);

  it('are not repeated if the server had the mail and did not confirm it', async () => {
    const { vpms, mailServer, run } = await start({ chat: false });
    const drivers = await createMembers(vpms, 10);
    const victim = mailOf(drivers[3] ?? { username: '' });
    mailServer.fateOf = (recipient) => (recipient === victim ? 'drop' : 'accept');
    const done = await run();
    expect(done).toMatchObject({ status: 'completed', processed: 9, failed: 1 });
    expect(done.error).toBe('Sent, but perhaps not arrived: 1.');
    expect([...mailServer.counts().values()]).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('reach no driver twice when two instances run the period at once', async () => {
    const { vpms, webhook, mailServer, clock, environment, token } = await start();
    const drivers = await createMembers(vpms, 150);
    const { dataDirectory } = vpms;
    const second = await startTestApp({ clock, environment, dataDirectory });
    const instances = [vpms, second, vpms, second, vpms, second];
    const started = await Promise.all(
      instances.map(({ http }) => http.post(`/api/admin/jobs/${NAME}/run`, { token })),
    );
    const ids = new Set(started.map(({ body }) => Number(body.id)));
    expect(ids.size).toBe(1);
    await finishedRun(vpms.http, token, Number([...ids][0]));
    await second.stop();
    await vpms.stop();
    expect([...mailServer.counts().values()]).toEqual(drivers.map(() => 1));
    expect(webhook.named.toSorted()).toEqual(drivers.map(({ username }) => username).toSorted());
  });

  it('escape hostile names', async () => {
    const { vpms, webhook, mailServer, run } = await start();
    const names = [
      '<script>alert(1)</script>',
      '=HYPERLINK("x")',
      '🚗🅿️',
      'مرحبا',
      '*b* _i_ <users/all>',
      '{{url}} {{constructor}}',
    ];
    await importDrivers(vpms, names);
    expect(await run()).toMatchObject({ status: 'completed', processed: 2 * names.length });
    expect(webhook.named).toEqual(names);
    for (const [index, name] of names.entries()) {
      const { parsed } = mailServer.mailTo(`import${index}@example.com`);
      expect(parsed.text).toContain(`Hello ${name},`);
      expect(String(parsed.html)).not.toContain('<script>');
    }
    const { parsed, raw } = mailServer.mailTo('import0@example.com');
    expect(raw).toMatch(
      /^List-Unsubscribe:\s+<https:\/\/parking\.example\.com\/unsubscribe\?token=/m,
    );
    expect(raw).toMatch(/^List-Unsubscribe-Post:\s+List-Unsubscribe=One-Click\r?$/m);
    const html = String(parsed.html);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    // Nothing in the mail reports to anyone that it was read.
    expect(html).not.toMatch(/<(?:img|link|iframe)|src=|url\(/);
    const unsubscribe = expect.stringMatching(
      /^https:\/\/parking\.example\.com\/unsubscribe\?token&#x3D;|^https:\/\/parking\.example\.com\/unsubscribe\?token=/,
    );
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url)).toEqual([
      'https://parking.example.com',
      unsubscribe,
    ]);
  });

  it('are not continued on another day', async () => {
    const { vpms, mailServer, clock, environment, token } = await start({ chat: false });
    await createMembers(vpms, 2);
    await vpms.app.get(TransactionRunner).run(
      (tx) => tx.sql`INSERT INTO job_runs (name, period, status, started_at)
        VALUES (${NAME}, '2026-03-10', 'running', ${clock.now().getTime()})`,
    );
    await vpms.stop();
    clock.set('2026-03-11T00:00:01.000Z');
    const { dataDirectory } = vpms;
    const later = await startTestApp({ clock, environment, dataDirectory });
    open.push({ [Symbol.asyncDispose]: () => later.stop() });
    const login = await loginAdmin(later);
    expect(token).not.toBe(login);
    const run = await finishedRun(later.http, login, 1);
    expect(run).toMatchObject({ status: 'failed', period: '2026-03-10' });
    expect(run.error).toContain('day was over');
    expect(mailServer.received).toEqual([]);
  });
});
