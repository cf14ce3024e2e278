import * as fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { StatisticsQueries } from '../../../src/admin/dashboard/statistics-queries.js';
import { AdminLotsQueries } from '../../../src/admin/lots/admin-lots-queries.js';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { CodedError } from '../../../src/platform/errors/coded-error.js';
import { LotsService } from '../../../src/parking/lots/lots.service.js';
import { ReservationsService } from '../../../src/parking/reservations/reservations.service.js';
import { AvailableLotsQueries } from '../../../src/user/lots/available-lots-queries.js';
import { DriverStatisticsQueries } from '../../../src/user/statistics/statistics-queries.js';
import { createLot, createMembers, ADMIN_PRINCIPAL } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import {
  activeStay,
  type ModelDriver,
  type ModelLot,
  ParkingModel,
  currentSpots,
  takenSpots,
} from '../../support/checks/parking-model.js';
import { useTestApp } from '../../support/app/test-app.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';
import { violationsOf } from '../../support/checks/violations.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';

/**
 * Number of sequences: more than 1,000 on both databases together, and fewer on PostgreSQL, where each
 * takes three times as long.
 */
const SEQUENCES = ON_POSTGRES ? 120 : 900;
const NO_BOOKING = 999_999_999;
const PAGE = { limit: 500 };

const seed = Number(process.env['PROPERTY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const clock = new FixedClock();
/** One model for all sequences, because they also share one database. */
const model = new ParkingModel();
const lotIds = new Map<ModelLot, number>();
const driverIds = new Map<ModelDriver, number>();
const vpms = useTestApp({ clock });
let lots: LotsService;
let reservations: ReservationsService;
let transactions: TransactionRunner;
let statistics: StatisticsQueries;
let driverStatistics: DriverStatisticsQueries;
let available: AvailableLotsQueries;
let adminLots: AdminLotsQueries;
let reader: ReadDatabase;

beforeAll(async () => {
  lots = vpms.app.get(LotsService);
  reservations = vpms.app.get(ReservationsService);
  transactions = vpms.app.get(TransactionRunner);
  statistics = vpms.app.get(StatisticsQueries);
  available = vpms.app.get(AvailableLotsQueries);
  adminLots = vpms.app.get(AdminLotsQueries);
  driverStatistics = vpms.app.get(DriverStatisticsQueries);
  reader = vpms.app.get(ReadDatabase);
});

const numberOfSpots = fc.integer({ min: 1, max: 6 });
const price = fc.integer({ min: 0, max: 5_000 });
const lot = fc.nat(1);
const driver = fc.nat(3);
const booking = fc.record({ action: fc.constant('book' as const), driver, lot });
const release = fc.record({ action: fc.constant('release' as const), driver });
const step = fc.oneof(
  { weight: 6, arbitrary: booking },
  { weight: 4, arbitrary: release },
  {
    weight: 4,
    arbitrary: fc.record({ action: fc.constant('resize' as const), lot, numberOfSpots }),
  },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('price' as const), lot, price }) },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('delete' as const), lot }) },
  {
    weight: 3,
    arbitrary: fc.record({
      action: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.constant(3_600_000), fc.nat(10_000_000)),
    }),
  },
);
const sequence = fc.record({
  lots: fc.tuple(fc.tuple(numberOfSpots, price), fc.tuple(numberOfSpots, price)),
  steps: fc.array(step, { maxLength: 24 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Scene {
  readonly lots: readonly ModelLot[];
  readonly drivers: readonly ModelDriver[];
}

async function setTheScene(sizes: readonly (readonly [number, number])[]): Promise<Scene> {
  const scene = { lots: [] as ModelLot[], drivers: [] as ModelDriver[] };
  for (const [spots, pricePerHour] of sizes) scene.lots.push(model.createLot(spots, pricePerHour));
  for (let count = 0; count < 4; count += 1) scene.drivers.push(model.createDriver());
  // Create the lots concurrently, so that they share one commit.
  const createdLots = scene.lots.map((modelLot) =>
    createLot(vpms, { numberOfSpots: currentSpots(modelLot), pricePerHour: modelLot.price }),
  );
  const members = await createMembers(vpms, scene.drivers.length);
  for (const [index, { id }] of (await Promise.all(createdLots)).entries()) {
    const modelLot = scene.lots[index];
    if (modelLot) lotIds.set(modelLot, id);
  }
  for (const [index, modelDriver] of scene.drivers.entries()) {
    driverIds.set(modelDriver, members[index]?.id ?? 0);
  }
  return scene;
}

/** Executes the step in the model and the program, which must agree on its result. */
async function take(taken: Step, scene: Scene): Promise<void> {
  const now = clock.now().getTime();
  const [firstLot, firstDriver] = [scene.lots[0], scene.drivers[0]];
  const modelLot = scene.lots['lot' in taken ? taken.lot : 0] ?? firstLot;
  const modelDriver = scene.drivers['driver' in taken ? taken.driver : 0] ?? firstDriver;
  if (!modelLot || !modelDriver) throw new Error('The scene is empty.');
  const lotId = lotIds.get(modelLot) ?? 0;
  const userId = driverIds.get(modelDriver) ?? 0;
  switch (taken.action) {
    case 'book':
      return agree(
        model.book(modelDriver, modelLot, now),
        reservations.book(transactions, { userId, lotId }),
      );
    case 'release': {
      const [last] = (await reservations.list(userId, { limit: 1 })).items;
      const left = reservations.release(transactions, {
        userId: userId,
        reservationId: last?.id ?? NO_BOOKING,
      });
      return agree(model.release(modelDriver, now), left);
    }
    case 'resize': {
      const resized = lots.update(lotId, { numberOfSpots: taken.numberOfSpots }, ADMIN_PRINCIPAL);
      return agree(model.resize(modelLot, taken.numberOfSpots), resized);
    }
    case 'price': {
      const changed = lots.update(lotId, { pricePerHour: taken.price }, ADMIN_PRINCIPAL);
      return agree(model.setPrice(modelLot, taken.price), changed);
    }
    case 'delete':
      return agree(model.delete(modelLot), lots.delete(lotId, ADMIN_PRINCIPAL));
    case 'wait':
      clock.advance(taken.milliseconds);
  }
}

async function agree(expected: string | undefined, actual: Promise<unknown>): Promise<void> {
  const code = await actual.then(
    () => undefined,
    (error: unknown) => (error instanceof CodedError ? error.code : error),
  );
  expect(code).toBe(expected);
}

/** Expects that the rows equal the model. */
async function compareRows({ lots: modelLots, drivers }: Scene): Promise<void> {
  const ids = modelLots.map((modelLot) => lotIds.get(modelLot) ?? 0);
  const rows = await reader.sql`
    SELECT lots.id AS lot, spots.number, spots.status, lots.price_per_hour AS price,
      CAST(spots.retired_at IS NOT NULL AS integer) AS retired,
      CAST(lots.retired_at IS NOT NULL AS integer) AS deleted
    FROM lots JOIN spots ON spots.lot_id = lots.id
    WHERE lots.id BETWEEN ${Math.min(...ids)} AND ${Math.max(...ids)} ORDER BY lots.id, spots.number`;
  const spots = modelLots.flatMap((modelLot) =>
    modelLot.spots.map(({ number, isRetired, isTaken }) => ({
      lot: lotIds.get(modelLot) ?? 0,
      number,
      status: isTaken ? 'O' : 'A',
      price: modelLot.price,
      retired: Number(isRetired),
      deleted: Number(modelLot.isDeleted),
    })),
  );
  expect(rows).toEqual(spots.toSorted((a, b) => a.lot - b.lot || a.number - b.number));
  const stays = await reader.sql`
    SELECT user_id AS driver, reservations.lot_id AS lot, spots.number, parked_at AS "parkedAt",
      left_at AS "leftAt", price_per_hour AS price, cost
    FROM reservations JOIN spots ON spots.id = spot_id
    WHERE reservations.lot_id BETWEEN ${Math.min(...ids)} AND ${Math.max(...ids)}
    ORDER BY user_id, reservations.id`;
  const expected = drivers.flatMap((modelDriver) =>
    modelDriver.stays.map(({ lot: where, spot, leftAt = null, cost = null, ...stay }) => ({
      driver: driverIds.get(modelDriver) ?? 0,
      lot: lotIds.get(where),
      number: spot.number,
      parkedAt: stay.parkedAt,
      leftAt,
      price: stay.price,
      cost,
    })),
  );
  expect(stays).toEqual(expected.toSorted((a, b) => a.driver - b.driver));
}

/** Expects that the API returns what the model contains. */
async function compareViews(scene: Scene): Promise<void> {
  await Promise.all([...scene.lots.map(compareLot), ...scene.drivers.map(compareDriver)]);
  const present = model.lots.filter(({ isDeleted }) => !isDeleted);
  const stays = model.drivers.flatMap((each) => each.stays);
  expect(await statistics.read()).toEqual({
    lots: present.length,
    spots: sum(present.map(currentSpots)),
    users: model.drivers.length,
    active: stays.filter(({ leftAt }) => leftAt === undefined).length,
    revenue: sum(stays.map(({ cost = 0 }) => cost)),
  });
}

async function compareLot(modelLot: ModelLot): Promise<void> {
  const id = lotIds.get(modelLot) ?? 0;
  const occupied = takenSpots(modelLot);
  const spots = currentSpots(modelLot);
  const page = { limit: 1, cursor: Buffer.from(String(id - 1)).toString('base64url') };
  const [listed] = JSON.parse((await adminLots.list(page)).json.toString()) as { id: number }[];
  if (modelLot.isDeleted) expect(listed?.id).not.toBe(id);
  else {
    expect(listed).toMatchObject({
      id,
      price: modelLot.price / 100,
      number_of_spots: spots,
      occupied_spots: occupied,
      reserved_spots: 0,
    });
  }
  const [free] = JSON.parse((await available.list(page)).json.toString()) as { id: number }[];
  expect(free?.id === id).toBe(!modelLot.isDeleted && occupied < spots);
}

async function compareDriver(modelDriver: ModelDriver): Promise<void> {
  const userId = driverIds.get(modelDriver) ?? 0;
  const { stays } = modelDriver;
  const expected = stays.map(
    ({ lot: where, spot, parkedAt, leftAt = null, cost = null, ...stay }) => ({
      lotId: lotIds.get(where),
      spotNumber: spot.number,
      pricePerHour: stay.price,
      currentPrice: where.price,
      parkedAt,
      leftAt,
      cost,
    }),
  );
  const { items } = await reservations.list(userId, PAGE);
  expect(items.toSorted((a, b) => a.id - b.id)).toMatchObject(expected);
  const active = activeStay(modelDriver);
  const shown = await reservations.findActive(userId);
  expect(shown?.spotNumber).toBe(active?.spot.number);
  expect(await driverStatistics.read(userId)).toMatchObject({
    bookings: stays.length,
    active: active ? 1 : 0,
    spent: sum(stays.map(({ cost = 0 }) => cost)),
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

it('agrees with the model after each step of any sequence', { timeout: 600_000 }, async () => {
  process.stdout.write(`The sequences repeat themselves with PROPERTY_SEED=${seed}\n`);
  await fc.assert(
    fc.asyncProperty(sequence, async ({ lots: sizes, steps }) => {
      const scene = await setTheScene(sizes);
      for (const each of steps) {
        await take(each, scene);
        await compareRows(scene);
      }
      await compareViews(scene);
    }),
    { seed, numRuns: SEQUENCES, endOnFailure: false },
  );
  expect(await violationsOf(vpms)).toEqual({});
});
