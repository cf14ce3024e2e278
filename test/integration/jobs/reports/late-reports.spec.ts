import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Housekeeping } from '../../../../src/jobs/housekeeping.js';
import { monthlyReports } from '../../../../src/jobs/reports/monthly-reports.js';
import { HOUR } from '../../../../src/platform/time/durations.js';
import { FixedClock } from '../../../support/app/fixed-clock.js';
import { runJob } from '../../../support/app/job-runs.js';
import { startTestApp, type TestApp } from '../../../support/app/test-app.js';
import { createLot, type TestAccount } from '../../../support/data/factories.js';
import { queryDatabase } from '../../../support/data/test-database.js';
import { driverWith, gateOf } from '../../../support/data/gates.js';
import type { GateClient } from '../../../support/http/clients/gate-client.js';
import { loginAdmin } from '../../../support/http/login.js';
import { MailServer } from '../../../support/servers/mail-server.js';

const PERIOD = '2026-03';
/** When the reports of March are made. */
const REPORTED_AT = '2026-04-01T09:00:00Z';

interface Stored {
  readonly lots: readonly { bookings: number; spent: number; parked: number }[];
  readonly days: readonly number[];
}

let mailServer: MailServer;
let clock: FixedClock;
let vpms: TestApp;
let driver: TestAccount;
let gate: GateClient;

beforeEach(async () => {
  mailServer = await MailServer.start();
  clock = new FixedClock('2026-03-31T20:00:00Z');
  const environment = { JWT_EXPIRES_IN: '31536000', ...mailServer.environment };
  vpms = await startTestApp({ clock, environment });
  driver = await driverWith(vpms, 'LATE 1');
  const { id: lotId } = await createLot(vpms, { pricePerHour: 1000 });
  gate = await gateOf(vpms, lotId);
});

afterEach(async () => {
  await vpms[Symbol.asyncDispose]();
  await mailServer[Symbol.asyncDispose]();
});

async function makeReports(): Promise<void> {
  const token = await loginAdmin(vpms);
  await runJob(vpms.http, token, { name: monthlyReports.name, period: PERIOD });
}

/** Bookings, amount and hours of the driver's report, and the days with a charge. */
async function report() {
  const [row] = await queryDatabase<{ content: string }>(
    vpms.dataDirectory,
    `SELECT content FROM reports WHERE user_id = ${driver.id} AND period = '${PERIOD}'`,
  );
  if (!row) return undefined;
  const { lots, days } = JSON.parse(row.content) as Stored;
  const [{ bookings, spent, parked } = { bookings: 0, spent: 0, parked: 0 }] = lots;
  const charged = days.flatMap((amount, index) => (amount > 0 ? [index + 1] : []));
  return { bookings, spent: spent / 100, hours: parked / HOUR, charged };
}

describe('the report of the last month', () => {
  it('is completed with a charge that a gate reports after it was made', async () => {
    await gate.entry('LATE 1');
    clock.set(REPORTED_AT);
    await makeReports();
    expect(await report()).toEqual({ bookings: 1, spent: 0, hours: 4, charged: [] });
    const mails = mailServer.received.length;
    expect(mails).toBe(1);

    clock.set('2026-04-01T10:00:00Z');
    expect(await gate.exit('LATE 1', { at: '2026-03-31T22:00:00Z' })).toMatchObject({ cost: 20 });
    await vpms.app.get(Housekeeping).run();
    expect(await report()).toEqual({ bookings: 1, spent: 20, hours: 2, charged: [31] });
    expect(mailServer.received).toHaveLength(mails);
  });

  it('is made for a driver whose only stay a gate reports afterwards', async () => {
    clock.set(REPORTED_AT);
    await makeReports();
    expect(await report()).toBeUndefined();

    clock.set('2026-04-01T10:00:00Z');
    await gate.entry('LATE 1', { at: '2026-03-31T21:00:00Z' });
    await gate.exit('LATE 1', { at: '2026-03-31T22:00:00Z' });
    await vpms.app.get(Housekeeping).run();
    expect(await report()).toEqual({ bookings: 1, spent: 10, hours: 1, charged: [31] });
    const { body } = await vpms.as(driver).get('/api/user/reports');
    expect(body).toMatchObject([{ period: PERIOD }]);
  });

  it('stays as it is if no gate reports a stay of the month', async () => {
    await gate.entry('LATE 1');
    clock.set(REPORTED_AT);
    await makeReports();
    const { body: made } = await vpms.as(driver).get('/api/user/reports');
    clock.set('2026-04-01T10:00:00Z');
    expect(await gate.exit('LATE 1')).toMatchObject({ reason: 'RELEASED' });
    await vpms.app.get(Housekeeping).run();
    expect(await report()).toEqual({ bookings: 1, spent: 0, hours: 4, charged: [] });
    expect((await vpms.as(driver).get('/api/user/reports')).body).toEqual(made);
  });

  it('is not made for a single driver before the reports of all drivers are made', async () => {
    await gate.entry('LATE 1');
    clock.set('2026-04-01T08:00:00Z');
    await gate.exit('LATE 1', { at: '2026-03-31T22:00:00Z' });
    await vpms.app.get(Housekeeping).run();
    expect(await report()).toBeUndefined();
  });
});
