import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createLot, createMembers, type TestAccount } from '../../support/data/factories.js';
import { recordBookings } from '../../support/data/past-bookings.js';
import { finishedRun, waitUntil } from '../../support/app/job-runs.js';
import { MailServer } from '../../support/servers/mail-server.js';
import { startProcess, type VpmsProcess } from '../../support/processes/processes.js';
import { startTestApp } from '../../support/app/test-app.js';
import {
  databaseEnvironment,
  dropTestDatabase,
  ON_POSTGRES,
} from '../../support/data/test-database.js';
import { GoogleChatServer } from '../../support/servers/google-chat-server.js';
import { loginAdmin } from '../../support/http/login.js';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing[Symbol.asyncDispose]();
});

const MONTH = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 1, 15));
const PERIOD = MONTH.toISOString().slice(0, 7);

/**
 * A database with drivers who parked last month, and the environment of a program that mails them.
 */
async function prepare(drivers: number) {
  const vpms = await startTestApp();
  const { dataDirectory } = vpms;
  open.push({
    async [Symbol.asyncDispose]() {
      await dropTestDatabase(dataDirectory);
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  });
  const members = await createMembers(vpms, drivers);
  const lot = await createLot(vpms);
  const parkedAt = MONTH.toISOString();
  const leftAt = new Date(MONTH.getTime() + 3_600_000).toISOString();
  const stay = { lotId: lot.id, parkedAt, leftAt, cost: 1000 };
  await recordBookings(
    vpms,
    members.map(({ id }) => ({ ...stay, userId: id })),
  );
  const token = await loginAdmin(vpms);
  await vpms.stop();
  const mailServer = await MailServer.start({ delay: 20 });
  open.push(mailServer);
  const environment = {
    DATA_DIR: dataDirectory,
    ...databaseEnvironment(dataDirectory),
    REMINDER_HOUR: '23',
    REMINDER_MINUTE: '59',
    ...mailServer.environment,
  };
  return { members, token, mailServer, environment };
}

async function startProgram(
  environment: Readonly<Record<string, string>> & { readonly DATA_DIR: string },
): Promise<VpmsProcess> {
  const program = await startProcess({ dataDirectory: environment.DATA_DIR, environment });
  open.push(program);
  return program;
}

const addresses = (members: readonly TestAccount[]) =>
  members.map(({ username }) => `${username}@example.com`).toSorted();

describe('a process that is killed during a run', () => {
  it('sends no mail twice after a restart, and omits at most the mails that were being sent', async () => {
    const { members, token, mailServer, environment } = await prepare(200);
    const killed = await startProgram(environment);
    const started = await killed.http.post('/api/admin/jobs/daily-reminders/run', { token });
    expect(started.status).toBe(202);
    await waitUntil(() => mailServer.received.length >= 60 || undefined);
    await killed.stop('SIGKILL');
    const before = mailServer.received.length;
    expect(before).toBeLessThan(150);

    const next = await startProgram(environment);
    const run = await finishedRun(next.http, token, Number(started.body.id));
    expect(run.status).toBe('completed');
    const counts = mailServer.counts();
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    // At most four were being sent; their outcome is unknown, and they are never sent again.
    expect(run.failed).toBeLessThanOrEqual(4);
    expect(run.processed + run.failed).toBe(members.length);
    expect(counts.size).toBeGreaterThanOrEqual(run.processed);
    const note = run.failed > 0 ? `Sent, but perhaps not delivered: ${run.failed}.` : null;
    expect(run.error).toBe(note);
  }, 90_000);

  it('names no driver twice in the chat', async () => {
    const { members, token, environment } = await prepare(600);
    const webhook = await GoogleChatServer.start();
    open.push(webhook);
    webhook.delay = 400;
    const settings = { ...environment, SMTP_URL: '', ...webhook.environment };
    const killed = await startProgram(settings);
    const started = await killed.http.post('/api/admin/jobs/daily-reminders/run', { token });
    await waitUntil(() => webhook.posts.length >= 2 || undefined);
    await killed.stop('SIGKILL');
    const next = await startProgram(settings);
    const run = await finishedRun(next.http, token, Number(started.body.id));
    expect(run.status).toBe('completed');
    expect(new Set(webhook.named).size).toBe(webhook.named.length);
    expect(run.processed + run.failed).toBe(members.length);
    expect(webhook.named.length).toBeGreaterThanOrEqual(run.processed);
  }, 90_000);

  it('creates and mails each monthly report once', async () => {
    const { members, token, mailServer, environment } = await prepare(150);
    const killed = await startProgram(environment);
    const started = await killed.http.post('/api/admin/jobs/monthly-reports/run', { token });
    expect(started.body).toMatchObject({ period: PERIOD, status: 'running' });
    await waitUntil(() => mailServer.received.length >= 40 || undefined);
    await killed.stop('SIGKILL');
    const next = await startProgram(environment);
    const run = await finishedRun(next.http, token, Number(started.body.id));
    expect(run).toMatchObject({ status: 'completed', processed: members.length });
    const counts = mailServer.counts();
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    expect(counts.size + run.failed).toBeGreaterThanOrEqual(members.length);
    const [driver] = members;
    const page = await next.http.get(`/api/user/reports/${PERIOD}`, { token: driver?.token });
    expect(page.status).toBe(200);
  }, 90_000);
});

describe('a process that is terminated during a run', () => {
  it('exits cleanly, and the next one delivers the rest exactly once', async () => {
    const { members, token, mailServer, environment } = await prepare(150);
    const first = await startProgram(environment);
    const started = await first.http.post('/api/admin/jobs/monthly-reports/run', { token });
    await waitUntil(() => mailServer.received.length >= 40 || undefined);
    expect((await first.stop()).code).toBe(0);
    expect(mailServer.received.length).toBeLessThan(140);
    const next = await startProgram(environment);
    const run = await finishedRun(next.http, token, Number(started.body.id));
    expect(run).toMatchObject({ status: 'completed', failed: 0, error: null });
    expect(run.processed).toBe(members.length);
    expect(mailServer.received.map(({ to }) => to).toSorted()).toEqual(addresses(members));
  }, 90_000);

  it('exits in time although the mail server does not respond', async () => {
    const { token, mailServer, environment } = await prepare(8);
    mailServer.reactionTo = () => 'stall';
    const program = await startProgram(environment);
    const started = await program.http.post('/api/admin/jobs/daily-reminders/run', { token });
    await waitUntil(() => mailServer.received.length >= 4 || undefined);
    const began = Date.now();
    expect((await program.stop()).code).toBe(0);
    expect(Date.now() - began).toBeLessThan(14_000);
    mailServer.reactionTo = () => 'accept';
    const next = await startProgram(environment);
    const run = await finishedRun(next.http, token, Number(started.body.id));
    expect(run).toMatchObject({ status: 'completed', processed: 4, failed: 4 });
    expect([...mailServer.counts().values()]).toEqual(Array.from({ length: 8 }, () => 1));
  }, 90_000);
});

// Only one server process can use a SQLite file.
it.runIf(ON_POSTGRES)(
  'reaches no driver twice if two processes run one period at once',
  async () => {
    const { members, token, mailServer, environment } = await prepare(120);
    const programs = [await startProgram(environment), await startProgram(environment)];
    const responses = await Promise.all(
      programs.map(({ http }) => http.post('/api/admin/jobs/monthly-reports/run', { token })),
    );
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    await waitUntil(() => mailServer.received.length >= members.length || undefined);
    await sleep(500);
    expect(mailServer.received.map(({ to }) => to).toSorted()).toEqual(addresses(members));
    const [program] = programs;
    if (!program) throw new Error('no program');
    const run = await finishedRun(program.http, token, Number(responses[0]?.body.id));
    expect(run).toMatchObject({ status: 'completed', processed: members.length });
  },
  90_000,
);
