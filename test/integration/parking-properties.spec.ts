import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StatisticsReader } from '../../src/admin/dashboard/statistics.reader.js';
import { Reader } from '../../src/common/database/data-sources.js';
import { CodedError } from '../../src/common/problems/coded-error.js';
import { LotsService } from '../../src/parking/lots/lots.service.js';
import { ReservationsService } from '../../src/parking/reservations/reservations.service.js';
import { AvailableLotsReader } from '../../src/user/lots/available-lots.reader.js';
import { DriverStatisticsReader } from '../../src/user/statistics/statistics.reader.js';
import { createLot, createMember, OPERATOR } from '../support/factories.js';
import { FixedClock } from '../support/fixed-clock.js';
import {
  activeStay,
  type ModelDriver,
  type ModelLot,
  ParkingModel,
  presentSpots,
  takenSpots,
} from '../support/parking-model.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { violationsOf } from '../support/violations.js';

const SEQUENCES = 150;
const NO_BOOKING = 999_999_999;
const PAGE = { limit: 500 };

const clock = new FixedClock();
/** Of all sequences together, as the database has them all too. */
const model = new ParkingModel();
const lotIds = new Map<ModelLot, number>();
const driverIds = new Map<ModelDriver, number>();
let vpms: TestApp;
let lots: LotsService;
let reservations: ReservationsService;
let statistics: StatisticsReader;
let driverStatistics: DriverStatisticsReader;
let available: AvailableLotsReader;
let reader: Reader;

beforeAll(async () => {
  vpms = await startTestApp({ clock });
  lots = vpms.app.get(LotsService);
  reservations = vpms.app.get(ReservationsService);
  statistics = vpms.app.get(StatisticsReader);
  available = vpms.app.get(AvailableLotsReader);
  driverStatistics = vpms.app.get(DriverStatisticsReader);
  reader = vpms.app.get(Reader);
});
afterAll(() => vpms[Symbol.asyncDispose]());

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
  steps: fc.array(step, { maxLength: 40 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Scene {
  readonly lots: readonly ModelLot[];
  readonly drivers: readonly ModelDriver[];
}

async function setTheScene(sizes: readonly (readonly [number, number])[]): Promise<Scene> {
  const scene = { lots: [] as ModelLot[], drivers: [] as ModelDriver[] };
  for (const [spots, pricePerHour] of sizes) {
    const modelLot = model.createLot(spots, pricePerHour);
    lotIds.set(modelLot, (await createLot(vpms, { numberOfSpots: spots, pricePerHour })).id);
    scene.lots.push(modelLot);
  }
  for (let count = 0; count < 4; count += 1) {
    const modelDriver = model.createDriver();
    driverIds.set(modelDriver, (await createMember(vpms)).id);
    scene.drivers.push(modelDriver);
  }
  return scene;
}

/** Takes the step in both worlds; they must agree whether it can be taken, and why not. */
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
      return agree(model.book(modelDriver, modelLot, now), reservations.book({ userId, lotId }));
    case 'release': {
      const [last] = (await reservations.list(userId, { limit: 1 })).items;
      const left = reservations.release(userId, last?.id ?? NO_BOOKING);
      return agree(model.release(modelDriver, now), left);
    }
    case 'resize': {
      const resized = lots.update(lotId, { numberOfSpots: taken.numberOfSpots }, OPERATOR);
      return agree(model.resize(modelLot, taken.numberOfSpots), resized);
    }
    case 'price': {
      const changed = lots.update(lotId, { pricePerHour: taken.price }, OPERATOR);
      return agree(model.setPrice(modelLot, taken.price), changed);
    }
    case 'delete':
      return agree(model.delete(modelLot), lots.delete(lotId, OPERATOR));
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

async function compare(scene: Scene): Promise<void> {
  for (const modelLot of scene.lots) await compareLot(modelLot);
  for (const modelDriver of scene.drivers) await compareDriver(modelDriver);
  const present = model.lots.filter(({ isDeleted }) => !isDeleted);
  const stays = model.drivers.flatMap((each) => each.stays);
  expect(await statistics.read()).toEqual({
    lots: present.length,
    spots: sum(present.map(presentSpots)),
    users: model.drivers.length,
    active: stays.filter(({ leftAt }) => leftAt === undefined).length,
    revenue: sum(stays.map(({ cost = 0 }) => cost)),
  });
}

async function compareLot(modelLot: ModelLot): Promise<void> {
  const id = lotIds.get(modelLot) ?? 0;
  const occupied = takenSpots(modelLot);
  const shown = {
    id,
    pricePerHour: modelLot.price,
    numberOfSpots: presentSpots(modelLot),
    occupied,
  };
  const cursor = Buffer.from(String(id - 1)).toString('base64url');
  const [next] = (await lots.list({ limit: 1, cursor })).items;
  expect(next?.id === id).toBe(!modelLot.isDeleted);
  expect(modelLot.isDeleted ? shown : next).toMatchObject(shown);
  const isAvailable = (await available.list(PAGE)).items.some((each) => each.id === id);
  expect(isAvailable).toBe(!modelLot.isDeleted && occupied < presentSpots(modelLot));
  const spots = await reader.sql`
    SELECT number, CAST(retired_at IS NOT NULL AS integer) AS "isRetired",
      CAST(status = 'O' AS integer) AS "isTaken"
    FROM spots WHERE lot_id = ${id} ORDER BY number`;
  expect(spots).toEqual(
    modelLot.spots.map(({ number, isRetired, isTaken }) => ({
      number,
      isRetired: Number(isRetired),
      isTaken: Number(isTaken),
    })),
  );
}

async function compareDriver(modelDriver: ModelDriver): Promise<void> {
  const userId = driverIds.get(modelDriver) ?? 0;
  const { stays } = modelDriver;
  const expected = stays.map(
    ({ lot: where, spot, parkedAt, leftAt = null, cost = null, ...stay }) => ({
      lotId: lotIds.get(where),
      spotNumber: spot.number,
      pricePerHour: stay.price,
      presentPrice: where.price,
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

it('agrees with the model after each step of any sequence', { timeout: 180_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(sequence, async ({ lots: sizes, steps }) => {
      const scene = await setTheScene(sizes);
      await compare(scene);
      for (const each of steps) {
        await take(each, scene);
        await compare(scene);
      }
    }),
    { numRuns: SEQUENCES, endOnFailure: false },
  );
  expect(await violationsOf(vpms)).toEqual({});
});
