import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { HttpClient } from '../http/http-client.js';
import type { VpmsProcess } from '../app/processes.js';
import { CrashDriver } from './driver.js';
import { Exporter } from './exporter.js';
import { Founder } from './founder.js';
import { Member } from './member.js';
import { addHistory, addPeople } from './people.js';
import { auditGaps } from './audit-gaps.js';
import { lotOfEdition, Reshaper } from './reshaper.js';
import type { CrashSite } from './site.js';
import { takeSnapshot } from './snapshot.js';
import { type Findings, Line, Unanswered, type Witness } from './witness.js';

const DRIVERS = 24;
/** Of 8 to 16 spots: fewer than drivers now and then, so that there are refusals too. */
const LOTS = 3;
const BOOKINGS_OF_A_VETERAN = 2_000;
/** Before a kill, at random and at the most: bookings that are acknowledged, and milliseconds on top. */
const LOAD = { bookings: 120, milliseconds: 200 };
/** At the most, in milliseconds: how long before the kill half of the witnesses get no answer any more. */
const WITHOUT_ANSWERS = 60;

/** Who is killed in a round: the program, or the server of its database as well. */
export type Victim = 'program' | 'server' | 'both';

interface Witnesses {
  readonly drivers: readonly CrashDriver[];
  readonly founder: Founder;
  readonly reshapers: readonly Reshaper[];
  readonly members: readonly Member[];
  readonly exporters: readonly Exporter[];
}

/**
 * Kills the program under load once for each of the victims, starts it again each time, and demands
 * that it has lost nothing and left nothing half-done.
 */
export async function expectNothingLost(
  site: CrashSite,
  victims: readonly Victim[],
): Promise<void> {
  const findings: Findings = { lost: [], halfDone: [], kept: [] };
  let vpms = await site.start();
  const witnesses = await callWitnesses(site, vpms.http);
  const all = Object.values(witnesses).flat();
  const moments: string[] = [];
  for (const [round, victim] of victims.entries()) {
    const [steady, lossy] = [new Line(vpms.http.url), new Line(vpms.http.url)];
    const lineOf = (index: number) => ((index + round) % 2 === 0 ? lossy : steady);
    const load = Promise.all(
      all.map((witness, index) => workUntilUnanswered(witness, lineOf(index))),
    );
    // Heard of below.
    load.catch(() => undefined);
    const [bookings, milliseconds] = [upTo(LOAD.bookings), upTo(LOAD.milliseconds)];
    moments.push(`${victim} ${bookings}+${milliseconds}`);
    await hasBooked(witnesses, bookings);
    await sleep(milliseconds);
    lossy.loseAnswers();
    await sleep(upTo(WITHOUT_ANSWERS));
    vpms = await killAndStart(site, vpms, victim);
    for (const line of [steady, lossy]) line.cut();
    const statuses = (await load).filter((status) => status !== undefined);
    // Only a server that is gone is a reason for a 503.
    if (victim === 'program') expect(statuses).toEqual([]);
    const snapshot = await takeSnapshot(site);
    for (const witness of all) witness.check(snapshot, findings);
    const violations = { ...(await site.violations()), ...(await auditGaps(site)) };
    const { lost, halfDone } = findings;
    expect({ lost, halfDone, violations }, moments.join(', ')).toEqual({
      lost: [],
      halfDone: [],
      violations: {},
    });
    await Promise.all(all.map((witness) => witness.settle(vpms.http, findings)));
  }
  const { lost, halfDone, kept } = findings;
  expect({ lost, halfDone }).toEqual({ lost: [], halfDone: [] });
  const told = { ...countTold(witnesses), kept: kept.length };
  const report = JSON.stringify({ kind: site.kind, kills: victims.length, ...told });
  process.stdout.write(`${report}; bookings and milliseconds before: ${moments.join(', ')}\n`);
  // Whatever it was compared with was not next to nothing.
  expect(told.bookings).toBeGreaterThan(10 * victims.length);
  for (const number of Object.values(told)) expect(number).toBeGreaterThan(0);
}

/** Waits until so many bookings more are acknowledged. */
async function hasBooked({ drivers }: Witnesses, bookings: number): Promise<void> {
  const goal = sumOf(drivers) + bookings;
  await expect.poll(() => sumOf(drivers), { timeout: 60_000, interval: 5 }).toBeGreaterThan(goal);
}

async function callWitnesses(site: CrashSite, http: HttpClient): Promise<Witnesses> {
  const body = { username: 'admin', password: 'admin123' };
  const token = String((await http.post('/api/admin/login', { body })).body.token);
  const lots: number[] = [];
  for (let count = 0; count < LOTS; count += 1) {
    const created = await http.post('/api/admin/parking-lots', { token, body: lotOfEdition(0) });
    lots.push(Number(created.body.id));
  }
  const drivers = await addPeople(site, 'driver', DRIVERS);
  const veterans = await addPeople(site, 'veteran', 2);
  await addHistory(site, veterans, BOOKINGS_OF_A_VETERAN);
  return {
    drivers: drivers.map((person) => new CrashDriver({ ...person, lots })),
    founder: new Founder(token),
    reshapers: lots.map((lotId) => new Reshaper({ token, lotId })),
    members: ['anna', 'berta'].map((name) => new Member(name)),
    exporters: veterans.map((one) => new Exporter({ ...one, bookings: BOOKINGS_OF_A_VETERAN })),
  };
}

/** The status of what ended it, where that was an answer. */
async function workUntilUnanswered(
  witness: Witness,
  http: HttpClient,
): Promise<number | undefined> {
  try {
    return await witness.work(http);
  } catch (error) {
    if (error instanceof Unanswered) return error.status;
    throw error;
  }
}

/** The program that runs afterwards. */
async function killAndStart(
  site: CrashSite,
  vpms: VpmsProcess,
  victim: Victim,
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

function countTold({ drivers, founder, reshapers, members, exporters }: Witnesses) {
  return {
    bookings: sumOf(drivers),
    lots: founder.told,
    changes: sumOf(reshapers),
    accounts: sumOf(members),
    exports: sumOf(exporters),
    interrupted: exporters.reduce((total, { interrupted }) => total + interrupted, 0),
  };
}

function sumOf(witnesses: readonly { readonly told: number }[]): number {
  return witnesses.reduce((total, { told }) => total + told, 0);
}

function upTo(most: number): number {
  return Math.round(Math.random() * most);
}
