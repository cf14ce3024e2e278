// Checks that a crash loses no acknowledged write and leaves none half done, by comparing the responses
// with the database after each kill.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { HttpClient } from '../http/clients/http-client.js';
import type { VpmsProcess } from '../processes/processes.js';
import { DEFAULT_POLICY } from '../../../src/parking/policies/policy.js';
import { AheadDriver } from './clients/ahead-driver.js';
import { BookingDriver } from './clients/booking-driver.js';
import { GateCamera } from './clients/gate-camera.js';
import { ExportRequester } from './clients/export-requester.js';
import { LotCreator } from './clients/lot-creator.js';
import { AccountOwner } from './clients/account-owner.js';
import { addHistory, addDrivers } from './drivers.js';
import { auditGaps } from './audit-gaps.js';
import { lotAtRevision, LotUpdater } from './clients/lot-updater.js';
import type { CrashEnvironment } from './environment.js';
import { takeSnapshot } from './snapshot.js';
import { type Findings, InterruptibleClient, NoResponse, type CrashWorkload } from './workload.js';
import { loginAdmin } from '../http/login.js';

const DRIVERS = 24;
const AHEAD_DRIVERS = 6;
const CAMERAS = 3;
/** Each lot has 8 to 16 spots, sometimes too few for the drivers, so that bookings are refused too. */
const LOTS = 3;
const HISTORY_BOOKINGS = 2_000;
/** Maximum load before each kill: a random number of acknowledged bookings, and then of milliseconds. */
const LOAD = { bookings: 60, milliseconds: 200 };
/** Maximum milliseconds before the kill during which half of the clients get no responses. */
const WITHOUT_RESPONSES = 60;

/** What is killed in a round: the program, the database server, or both. */
export type CrashTarget = 'program' | 'server' | 'both';

interface Workloads {
  readonly drivers: readonly BookingDriver[];
  readonly aheadDrivers: readonly AheadDriver[];
  readonly cameras: readonly GateCamera[];
  readonly lotCreator: LotCreator;
  readonly lotUpdaters: readonly LotUpdater[];
  readonly accountOwners: readonly AccountOwner[];
  readonly exportRequesters: readonly ExportRequester[];
}

/**
 * Kills the program under load once for each victim, starts it again each time, and expects that
 * nothing is lost or incomplete.
 */
export async function expectNothingLost(
  site: CrashEnvironment,
  victims: readonly CrashTarget[],
): Promise<void> {
  const findings: Findings = { lost: [], partial: [], replayed: [] };
  let vpms = await site.start();
  const workloads = await createWorkloads(site, vpms.http);
  const all = Object.values(workloads).flat();
  const moments: string[] = [];
  for (const [round, victim] of victims.entries()) {
    const [steady, lossy] = [
      new InterruptibleClient(vpms.http.url),
      new InterruptibleClient(vpms.http.url),
    ];
    const lineOf = (index: number) => ((index + round) % 2 === 0 ? lossy : steady);
    const load = Promise.all(
      all.map((workload, index) => runUntilNoResponse(workload, lineOf(index))),
    );
    // Rejections are reported when `load` is awaited after the kill.
    load.catch(() => undefined);
    const [bookings, milliseconds] = [randomUpTo(LOAD.bookings), randomUpTo(LOAD.milliseconds)];
    moments.push(`${victim} ${bookings}+${milliseconds}`);
    await waitForBookings(workloads, bookings);
    await sleep(milliseconds);
    lossy.dropResponses();
    await sleep(randomUpTo(WITHOUT_RESPONSES));
    vpms = await killAndRestart(site, vpms, victim);
    for (const line of [steady, lossy]) line.disconnect();
    const statuses = (await load).filter((status) => status !== undefined);
    // Only an unavailable server justifies a 503.
    if (victim === 'program') expect(statuses).toEqual([]);
    const snapshot = await takeSnapshot(site);
    for (const workload of all) workload.check(snapshot, findings);
    const violations = { ...(await site.violations()), ...(await auditGaps(site)) };
    const { lost, partial: halfDone } = findings;
    expect({ lost, halfDone, violations }, moments.join(', ')).toEqual({
      lost: [],
      halfDone: [],
      violations: {},
    });
    await Promise.all(all.map((workload) => workload.retryInFlight(vpms.http, findings)));
  }
  const { lost, partial: halfDone, replayed } = findings;
  expect({ lost, halfDone }).toEqual({ lost: [], halfDone: [] });
  const acknowledged = { ...countAcknowledged(workloads), replayed: replayed.length };
  const report = JSON.stringify({ kind: site.kind, kills: victims.length, ...acknowledged });
  process.stdout.write(`${report}; bookings and milliseconds before: ${moments.join(', ')}\n`);
  // The comparison covered enough data.
  expect(acknowledged.bookings).toBeGreaterThan(10 * victims.length);
  for (const number of Object.values(acknowledged)) expect(number).toBeGreaterThan(0);
}

/** Waits until more bookings than the given number have been acknowledged since the call. */
async function waitForBookings({ drivers }: Workloads, bookings: number): Promise<void> {
  const goal = sumOf(drivers) + bookings;
  await expect.poll(() => sumOf(drivers), { timeout: 60_000, interval: 5 }).toBeGreaterThan(goal);
}

async function createWorkloads(site: CrashEnvironment, http: HttpClient): Promise<Workloads> {
  const token = await loginAdmin({ http });
  const lots: number[] = [];
  for (let count = 0; count < LOTS; count += 1) {
    const created = await http.post('/api/admin/parking-lots', { token, body: lotAtRevision(0) });
    lots.push(Number(created.body.id));
  }
  const strictLot = await createStrictLot(http, token);
  const drivers = await addDrivers(site, 'driver', DRIVERS);
  const ahead = await addDrivers(site, 'ahead', AHEAD_DRIVERS);
  const veterans = await addDrivers(site, 'veteran', 2);
  await addHistory(site, veterans, HISTORY_BOOKINGS);
  return {
    drivers: drivers.map((person) => new BookingDriver({ ...person, lots })),
    aheadDrivers: ahead.map((person) => new AheadDriver({ ...person, lots, strictLot })),
    cameras: await createCameras(site, http, token),
    lotCreator: new LotCreator(token),
    lotUpdaters: lots.map((lotId) => new LotUpdater({ token, lotId })),
    accountOwners: ['anna', 'berta'].map((name) => new AccountOwner(name)),
    exportRequesters: veterans.map(
      (one) => new ExportRequester({ ...one, bookings: HISTORY_BOOKINGS, adminToken: token }),
    ),
  };
}

/** A lot in which a booking that is not checked in ends when its window begins. */
async function createStrictLot(http: HttpClient, token: string): Promise<number> {
  const body = { ...lotAtRevision(0), prime_location_name: 'Strict', price: 7.25 };
  const { id } = (await http.post('/api/admin/parking-lots', { token, body })).body;
  const policy = { ...DEFAULT_POLICY, min_minutes: 1, no_show_after_minutes: 0 };
  const set = await http.as({ token }).setPolicy(id, policy);
  expect(set.status, set.text).toBe(200);
  return id;
}

/** Creates cameras at a separate lot, each with a gate and a car. */
async function createCameras(
  site: CrashEnvironment,
  http: HttpClient,
  token: string,
): Promise<GateCamera[]> {
  const lot = { ...lotAtRevision(0), prime_location_name: 'Gated' };
  const { id: lotId } = (await http.post('/api/admin/parking-lots', { token, body: lot })).body;
  const cameras: GateCamera[] = [];
  for (const { id: userId, token: driver } of await addDrivers(site, 'car', CAMERAS)) {
    const plate = `CAR ${userId}`;
    const added = await http.as({ token: driver }).addVehicle({ plate });
    expect(added.status, added.text).toBe(201);
    const body = { lot_id: lotId, name: 'North', direction: 'both' };
    const { id: gateId, key } = (await http.post('/api/admin/gates', { token, body })).body;
    cameras.push(new GateCamera({ userId, plate, key, gateId }));
  }
  return cameras;
}

/** Returns the status of the response that ended the workload, if a response ended it. */
async function runUntilNoResponse(
  workload: CrashWorkload,
  http: HttpClient,
): Promise<number | undefined> {
  try {
    return await workload.run(http);
  } catch (error) {
    if (error instanceof NoResponse) return error.status;
    throw error;
  }
}

/** Kills the target, and returns the program that runs afterwards. */
async function killAndRestart(
  site: CrashEnvironment,
  vpms: VpmsProcess,
  victim: CrashTarget,
): Promise<VpmsProcess> {
  const { server } = site;
  if (victim === 'program') {
    await vpms.stop('SIGKILL');
    return site.start();
  }
  if (!server) throw new Error('There is no server to kill');
  if (victim === 'server') {
    await server.crash();
    await server.start();
    await expect.poll(() => isReady(vpms), { timeout: 30_000 }).toBe(true);
    return vpms;
  }
  await Promise.all([vpms.stop('SIGKILL'), server.crash()]);
  await server.start();
  return site.start();
}

async function isReady({ http }: VpmsProcess): Promise<boolean> {
  return (await http.get('/health/ready')).status === 200;
}

function countAcknowledged({
  drivers,
  aheadDrivers: ahead,
  cameras,
  lotCreator: founder,
  lotUpdaters: reshapers,
  accountOwners: members,
  exportRequesters: exporters,
}: Workloads) {
  return {
    bookings: sumOf(drivers),
    bookingsAhead: sumOf(ahead),
    gateEvents: sumOf(cameras),
    ...Object.fromEntries(
      ['expired', 'no_show', 'cancelled', 'completed'].map((status) => [
        status,
        ahead.reduce((total, driver) => total + driver.countOf(status), 0),
      ]),
    ),
    lots: founder.acknowledged,
    changes: sumOf(reshapers),
    accounts: sumOf(members),
    exports: sumOf(exporters),
    interrupted: exporters.reduce((total, { interrupted }) => total + interrupted, 0),
  };
}

function sumOf(workloads: readonly { readonly acknowledged: number }[]): number {
  return workloads.reduce((total, { acknowledged }) => total + acknowledged, 0);
}

function randomUpTo(most: number): number {
  return Math.round(Math.random() * most);
}
