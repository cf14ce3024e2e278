import { SchedulerRegistry } from '@nestjs/schedule';
import { afterEach, describe, expect, it } from 'vitest';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { dailyReminders } from '../../../src/jobs/reminders/daily-reminders.js';
import { JobRun } from '../../../src/jobs/scheduling/job-run.entity.js';
import { JobRunsService } from '../../../src/jobs/scheduling/job-runs.service.js';
import { Scheduler } from '../../../src/jobs/scheduling/scheduler.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { recordBookings } from '../../support/data/past-bookings.js';
import { runJob, waitUntil } from '../../support/app/job-runs.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { loginAdmin } from '../../support/http/login.js';

const open: TestApp[] = [];
afterEach(async () => {
  for (const vpms of open.splice(0)) await vpms[Symbol.asyncDispose]();
});

interface Setting {
  readonly installed: string;
  readonly zone?: string;
  readonly reminderAt?: readonly [hour: number, minute: number];
}

/** A program that was installed at the instant and has no channel configured. */
async function installed({ installed: instant, zone = 'UTC', reminderAt = [18, 0] }: Setting) {
  const clock = new FixedClock(instant);
  const [hour, minute] = reminderAt;
  const environment = {
    TIMEZONE: zone,
    REMINDER_HOUR: String(hour),
    REMINDER_MINUTE: String(minute),
  };
  const start = async (dataDirectory?: string) => {
    const app = await startTestApp({ clock, environment, dataDirectory });
    // Checks by the real clock would find periods due that the test's clock has not reached.
    for (const job of app.app.get(SchedulerRegistry).getCronJobs().values()) await job.stop();
    return app;
  };
  const vpms = await start();
  open.push(vpms);
  const look = async (at: string) => {
    clock.set(at);
    await vpms.app.get(Scheduler).tick();
  };
  /** Stops the program and starts it again at that instant. */
  const restart = async (at: string) => {
    await vpms.stop();
    clock.set(at);
    const later = await start(vpms.dataDirectory);
    open[open.length - 1] = later;
    return later;
  };
  return { vpms, clock, look, restart };
}

/** The periods of the runs, such as `2026-03-01`, in the order of their creation. */
async function runsOf({ app }: TestApp, name?: string): Promise<string[]> {
  const runs = await app
    .get(ReadDatabase)
    .getRepository(JobRun)
    .find({ order: { id: 'ASC' } });
  return runs.filter((run) => !name || run.name === name).map((run) => run.period);
}

describe('reminders', () => {
  it.each([
    // The days before, at and after each clock change.
    ['America/New_York', '2026-03-07', '2026-03-07T23:00:00Z'],
    ['America/New_York', '2026-03-08', '2026-03-08T22:00:00Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T23:00:00Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-29T16:00:00Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T17:00:00Z'],
    ['Asia/Kolkata', '2026-05-05', '2026-05-05T12:30:00Z'],
  ])('are due in %s on %s at 18:00, once, and not a minute earlier', async (zone, day, instant) => {
    const { vpms, look } = await installed({ installed: '2026-01-02T00:00:00Z', zone });
    const minutesLater = (minutes: number) =>
      new Date(Date.parse(instant) + minutes * 60_000).toISOString();
    await look(minutesLater(-1));
    expect(await runsOf(vpms, 'daily-reminders')).toEqual([]);
    for (const minutes of [0, 1, 59, 60, 61, 120]) await look(minutesLater(minutes));
    expect(await runsOf(vpms, 'daily-reminders')).toEqual([day]);
  });

  it.each([
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-08T07:30:00Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T01:30:00Z'],
  ])(
    'are due in %s on %s at 03:30, because the clock skips 02:30',
    async (zone, day, midnight, due) => {
      const { vpms, look } = await installed({
        installed: '2026-01-02T00:00:00Z',
        zone,
        reminderAt: [2, 30],
      });
      const dueAfter: string[] = [];
      for (let minute = 0; minute < 24 * 60; minute += 10) {
        const at = new Date(Date.parse(midnight) + minute * 60_000).toISOString();
        if (minute > 23 * 60) break;
        await look(at);
        if ((await runsOf(vpms, 'daily-reminders')).length === 1) dueAfter.push(at);
      }
      expect(Date.parse(dueAfter[0] ?? '')).toBe(Date.parse(due));
      expect(await runsOf(vpms, 'daily-reminders')).toEqual([day]);
    },
  );

  it.each([
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-01T05:30:00Z', 1],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z', 2],
  ])(
    'are due in %s on %s once, although the clock shows the time twice',
    async (zone, day, midnight, due, hour) => {
      const { vpms, look } = await installed({
        installed: '2026-01-02T00:00:00Z',
        zone,
        reminderAt: [hour, 30],
      });
      let first: string | undefined;
      for (let minute = 0; minute < 24 * 60; minute += 10) {
        const at = new Date(Date.parse(midnight) + minute * 60_000).toISOString();
        await look(at);
        if ((await runsOf(vpms, 'daily-reminders')).length > 0) first ??= at;
      }
      expect(Date.parse(first ?? '')).toBe(Date.parse(due));
      expect(await runsOf(vpms, 'daily-reminders')).toEqual([day]);
    },
  );

  it('are sent late on the same day, but never on another day', async () => {
    const { restart } = await installed({ installed: '2026-03-01T10:00:00Z' });
    const sameDay = await restart('2026-03-02T23:50:00Z');
    expect(await runsOf(sameDay, 'daily-reminders')).toEqual(['2026-03-02']);
    const { restart: again } = await installed({ installed: '2026-03-01T10:00:00Z' });
    const nextDay = await again('2026-03-05T00:10:00Z');
    expect(await runsOf(nextDay, 'daily-reminders')).toEqual([]);
  });

  it('are not due for a time of the day before the installation', async () => {
    const { vpms, look } = await installed({ installed: '2026-03-01T20:00:00Z' });
    await look('2026-03-01T21:00:00Z');
    expect(await runsOf(vpms, 'daily-reminders')).toEqual([]);
    await look('2026-03-02T18:00:00Z');
    expect(await runsOf(vpms, 'daily-reminders')).toEqual(['2026-03-02']);
  });
});

describe('monthly reports', () => {
  it('are due on the 1st at 09:00 local time, once', async () => {
    const { vpms, look } = await installed({
      installed: '2026-03-10T00:00:00Z',
      zone: 'Asia/Kolkata',
    });
    await look('2026-04-01T03:29:00Z');
    expect(await runsOf(vpms, 'monthly-reports')).toEqual([]);
    await look('2026-04-01T03:30:00Z');
    await look('2026-04-02T03:30:00Z');
    await look('2026-04-30T03:30:00Z');
    expect(await runsOf(vpms, 'monthly-reports')).toEqual(['2026-03']);
  });

  it('are due at the next start after a missed 1st', async () => {
    const { restart } = await installed({ installed: '2026-03-10T00:00:00Z' });
    const vpms = await restart('2026-04-17T11:00:00Z');
    expect(await runsOf(vpms, 'monthly-reports')).toEqual(['2026-03']);
  });

  it('are due for every missed month, the earliest first', async () => {
    const { look, restart } = await installed({ installed: '2026-03-10T00:00:00Z' });
    await look('2026-04-01T09:00:00Z');
    const vpms = await restart('2026-08-03T09:00:00Z');
    const months = ['2026-03', '2026-04', '2026-05', '2026-06', '2026-07'];
    expect(await runsOf(vpms, 'monthly-reports')).toEqual(months);
  });

  it('are not due for months before the installation', async () => {
    const { vpms, look } = await installed({ installed: '2026-03-10T00:00:00Z' });
    await look('2026-03-10T00:01:00Z');
    await look('2026-03-31T23:59:00Z');
    expect(await runsOf(vpms, 'monthly-reports')).toEqual([]);
  });

  it('are due for a missed month even if an admin has started a later month early', async () => {
    const { vpms, clock, look, restart } = await installed({ installed: '2026-01-10T00:00:00Z' });
    await look('2026-02-01T09:00:00Z');
    clock.set('2026-03-01T08:00:00Z');
    const token = await loginAdmin(vpms);
    await runJob(vpms.http, token, { name: 'monthly-reports', period: '2026-03' });
    const later = await restart('2026-04-02T09:00:00Z');
    expect(await runsOf(later, 'monthly-reports')).toEqual(['2026-01', '2026-03', '2026-02']);
  });

  it.each(['completed', 'failed'] as const)(
    'are due for the whole month if an early run was %s',
    async (status) => {
      const { vpms, clock, look } = await installed({ installed: '2026-03-01T00:00:00Z' });
      const lot = await createLot(vpms);
      const { id: userId } = await createMember(vpms);
      const stay = { userId, lotId: lot.id, cost: 1000 };
      await recordBookings(vpms, [
        { ...stay, parkedAt: '2026-03-02T10:00:00Z', leftAt: '2026-03-02T11:00:00Z' },
      ]);
      clock.set('2026-03-15T00:00:00Z');
      const token = await loginAdmin(vpms);
      const early = await runJob(vpms.http, token, { name: 'monthly-reports', period: '2026-03' });
      expect(early).toMatchObject({ status: 'completed', processed: 1 });
      const { TransactionRunner } =
        await import('../../../src/platform/database/transaction-runner.js');
      await vpms.app
        .get(TransactionRunner)
        .run((tx) => tx.update(JobRun, { id: early.id }, { status }));
      await recordBookings(vpms, [
        { ...stay, parkedAt: '2026-03-20T10:00:00Z', leftAt: '2026-03-20T11:00:00Z' },
      ]);
      await look('2026-04-01T09:00:00Z');
      const run = await waitUntil(async () => {
        const found = await vpms.app
          .get(ReadDatabase)
          .getRepository(JobRun)
          .findOneBy({ id: early.id });
        return found?.status === 'completed' && found.startedAt.getUTCMonth() === 3
          ? found
          : undefined;
      });
      expect(run).toMatchObject({ processed: 1, failed: 0 });
      const reports = await vpms.app.get(ReadDatabase).sql<{ content: string }[]>`
        SELECT content FROM reports`;
      expect(JSON.parse(reports[0]?.content ?? '')).toMatchObject({
        lots: [{ bookings: 2, spent: 2000 }],
      });
      await look('2026-04-01T09:01:00Z');
      expect(await runsOf(vpms, 'monthly-reports')).toEqual(['2026-03']);
    },
  );
});

it('starts one run per period for concurrent checks of several instances', async () => {
  const { vpms, clock } = await installed({ installed: '2026-03-10T00:00:00Z' });
  const environment = { TIMEZONE: 'UTC' };
  const { dataDirectory } = vpms;
  const second = await startTestApp({ clock, environment, dataDirectory });
  clock.set('2026-04-01T18:00:00Z');
  const instances = Array.from({ length: 10 }, () => [vpms, second]).flat();
  await Promise.all(instances.map(({ app }) => app.get(Scheduler).tick()));
  await Promise.all(
    instances.map(({ app }) => app.get(JobRunsService).ensure(dailyReminders, '2026-04-01')),
  );
  expect(await runsOf(vpms, 'daily-reminders')).toEqual(['2026-04-01']);
  expect(await runsOf(vpms, 'monthly-reports')).toEqual(['2026-03']);
  await second.stop();
});
