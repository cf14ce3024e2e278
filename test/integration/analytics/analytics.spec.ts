import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HourlySums } from '../../../src/analytics/hours/hourly-sums.service.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { AnalyticsScene, type ModelLot } from '../../support/checks/analytics/analytics-scene.js';
import { analyticsStep } from '../../support/checks/analytics/analytics-steps.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';

const SEQUENCES = ON_POSTGRES ? 15 : 40;
const ZONES = ['UTC', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Havana'];
const seed = Number(process.env['PROPERTY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const clock = new FixedClock();
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let scene: AnalyticsScene;

beforeAll(async () => {
  scene = await AnalyticsScene.start(vpms, clock);
});

const expectExact = (lot: ModelLot) => scene.expectExact(lot);

afterAll(() => {
  process.stdout.write(`The sequences repeat themselves with PROPERTY_SEED=${seed}\n`);
});

it(
  'equals a plain computation over the bookings after any sequence of steps, by hour, day and month',
  { timeout: 600_000 },
  async () => {
    const sequence = fc.array(analyticsStep, { minLength: 10, maxLength: 60 });
    const property = fc.asyncProperty(
      sequence,
      fc.constantFrom(...ZONES),
      // Each instant is shortly before a change of the clock in one of the zones.
      fc.constantFrom('2026-10-30T20:11:00Z', '2026-04-03T09:00:00Z', '2026-03-06T23:59:59.999Z'),
      async (steps, zone, start) => {
        clock.set(start);
        const lot = await scene.newLot(zone);
        for (const chosen of steps) await scene.perform(lot, chosen);
        await expectExact(lot);
        await scene.emptyLots();
      },
    );
    await fc.assert(property, { numRuns: SEQUENCES, seed, endOnFailure: true });
  },
);

it(
  'equals a plain computation for an imported history of months, which is summed in batches while requests get 503',
  { timeout: 600_000 },
  async () => {
    clock.set('2026-11-02T10:20:00Z');
    const lot = await scene.newLot('Asia/Kolkata');
    const createdAt = Date.parse('2026-03-10T07:00:00Z');
    await scene.sql(`UPDATE lots SET created_at = ${createdAt} WHERE id = ${lot.id}`);
    await scene.sql(`UPDATE spots SET created_at = ${createdAt} WHERE lot_id = ${lot.id}`);
    const imported = { ...lot, createdAt, spots: [{ since: createdAt, numberOfSpots: 3 }] };
    await expectExact(lot);

    await scene.insertHistory(lot, createdAt);
    const job = vpms.app.get(HourlySums);
    expect(await job.sumBatch(), 'more than one batch').toBe(true);
    while (await job.sumBatch());
    await expectExact(imported);
  },
);

it('sums old hours again after a change, for a lot whose hours begin at half past', async () => {
  clock.set('2026-11-10T08:00:00Z');
  const lot = await scene.newLot('Asia/Kolkata');
  await scene.storeStay(lot, ['2026-11-10T08:40:00Z', '2026-11-10T09:10:00Z']);
  clock.set('2026-11-14T12:00:00Z');
  await expectExact(lot);
  // The second half of this hour in UTC is the first half of an hour in the zone of the lot.
  await scene.storeStay(lot, ['2026-11-10T09:40:00Z', '2026-11-10T09:50:00Z']);
  await expectExact(lot);
});

describe.runIf(ON_POSTGRES)('a late booking', () => {
  /** Stores a stay from 11:10 to 11:50 in a unit that commits after `work`. */
  async function storeStayAround(lot: ModelLot, work: () => Promise<unknown>): Promise<void> {
    const [spot] = await scene.sql<{ id: number }>(`SELECT id FROM spots WHERE lot_id = ${lot.id}`);
    const [from, until] = [Date.parse('2026-11-02T11:10:00Z'), Date.parse('2026-11-02T11:50:00Z')];
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`
        INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at,
          price_per_hour, cost, created_at, updated_at)
        VALUES (${spot?.id ?? 0}, ${lot.id}, ${scene.firstDriver.id}, 'completed', ${from}, ${until},
          1000, 1000, ${from}, ${until})`;
      await work();
    });
  }
  const sumAll = async () => {
    while (await vpms.app.get(HourlySums).sumBatch());
  };

  it('is included if it is committed while its hour is being summed', async () => {
    clock.set('2026-11-02T10:20:00Z');
    const lot = await scene.newLot('UTC');
    await expectExact(lot);
    clock.set('2026-11-02T12:10:00Z');
    await storeStayAround(lot, sumAll);
    await expectExact(lot);
  });

  it('is included if it is committed while the first hours are being summed', async () => {
    clock.set('2026-11-02T10:20:00Z');
    const lot = await scene.newLot('UTC');
    clock.set('2026-11-02T12:10:00Z');
    await scene.sql('DELETE FROM lot_hours');
    await scene.sql('DELETE FROM lot_days');
    await scene.sql('UPDATE summed_hours SET ends_at = 0');
    let summing: Promise<void> | undefined;
    await storeStayAround(lot, async () => {
      summing = sumAll();
      await sleep(500);
    });
    await summing;
    await expectExact(lot);
  });
});

it('keeps what another instance, whose clock is ahead, has summed', async () => {
  clock.set('2026-11-02T10:20:00Z');
  const lot = await scene.newLot('UTC');
  clock.set('2026-11-02T12:02:30Z');
  await expectExact(lot);
  const summedUntil = () => scene.sql<{ ends_at: number }>('SELECT ends_at FROM summed_hours');
  const before = await summedUntil();
  clock.set('2026-11-02T12:01:30Z');
  await expectExact(lot);
  expect(await summedUntil()).toEqual(before);
});

it('counts a no-show without summing the hours of its window again', async () => {
  clock.set('2026-11-02T10:20:00Z');
  const lot = await scene.newLot('UTC');
  const driver = scene.driver(0);
  const from = new Date(scene.now() + 50 * MINUTE);
  const window = { from, until: new Date(from.getTime() + 2 * HOUR) };
  const reserved = await driver.bookAhead({ lot_id: lot.id, ...window });
  expect(reserved.status, reserved.text).toBe(201);
  clock.set('2026-11-02T12:30:00Z');
  await expectExact(lot);
  expect((await driver.booking(reserved.body.id)).body.status).toBe('no_show');
});

it('uses the number of spots that was set after the clock was set back', async () => {
  clock.set('2026-11-02T12:00:00Z');
  const lot = await scene.newLot('UTC');
  clock.set('2026-11-02T10:05:00Z');
  await scene.admin.updateLot(lot.id, { number_of_spots: 6 });
  clock.set('2026-11-02T15:00:00Z');
  await scene.driver(1).park(lot.id);
  clock.advance(HOUR);
  const rows = await scene.readAll(lot, 'hour');
  expect(rows.at(-2)).toMatchObject({ occupancy: 16.67 });
});
