import { expect } from 'vitest';
import { AdminLotsQueries } from '../../../../src/admin/lots/admin-lots-queries.js';
import { LotsWithRoom } from '../../../../src/parking/reservations/ahead/capacity/lots-with-room.js';
import { OperatorBookings } from '../../../../src/parking/reservations/ahead/operator.service.js';
import { STATUSES } from '../../../../src/parking/reservations/states.js';
import { MINUTE } from '../../../../src/platform/time/durations.js';
import { AvailableLotsQueries } from '../../../../src/user/lots/available-lots-queries.js';
import { DriverStatisticsQueries } from '../../../../src/user/statistics/statistics-queries.js';
import type { TestApp } from '../../app/test-app.js';
import type { AheadModel } from './ahead-model.js';
import { overlap } from './brute-force.js';
import {
  claimEnd,
  costAt,
  currentSpots,
  holdEnd,
  isPlanned,
  type ModelBooking,
  type ModelDriver,
  type ModelLot,
  priceOf,
} from './model-lot.js';

interface Compared {
  readonly model: AheadModel;
  readonly lotIds: ReadonlyMap<ModelLot, number>;
  readonly driverIds: ReadonlyMap<ModelDriver, number>;
}

/** A booking in the plan that the program shows. */
interface PlannedSpot {
  readonly spot: number;
  readonly from: number;
  readonly until: number;
  readonly isParked: boolean;
}

/** Expects that lists, availability and totals equal the model. Reads the totals before any lot is settled. */
export async function compareScene(scene: Compared, vpms: TestApp): Promise<void> {
  const drivers = scene.model.drivers.filter(({ bookings }) => bookings.length > 0);
  await Promise.all(drivers.map((driver) => compareDriver(scene, vpms, driver)));
  await Promise.all(scene.model.lots.map((lot) => compareLot(scene, vpms, lot)));
}

/** The spots of the lot's bookings as the program shows them; each booking must equal the model. */
export async function currentPlan(
  scene: Compared,
  vpms: TestApp,
  lot: ModelLot,
): Promise<readonly PlannedSpot[]> {
  const search = { lotId: scene.lotIds.get(lot), statuses: STATUSES, isAtRisk: false };
  const { items } = await vpms.app.get(OperatorBookings).search({ limit: 200 }, search);
  const { now } = scene.model;
  const byId = (a: { readonly id: number }, b: { readonly id: number }) => a.id - b.id;
  const expected = lot.bookings.toSorted(byId).map((booking) => shownBooking(booking, now));
  expect(items.toSorted(byId)).toMatchObject(expected);
  const plan = items.flatMap(({ id, status, spotNumber }): PlannedSpot[] => {
    const booking = lot.bookings.find((each) => each.id === id);
    if (!booking || spotNumber === null) return [];
    if (status === 'active') {
      const until = claimEnd(booking, now);
      return [{ spot: spotNumber, from: booking.parkedAt ?? 0, until, isParked: true }];
    }
    const isOver = !isPlanned(booking);
    return isOver ? [] : [{ ...booking.window, spot: spotNumber, isParked: false }];
  });
  for (const [index, claim] of plan.entries()) {
    expect(currentSpots(lot)).toContain(claim.spot);
    for (const other of plan.slice(index + 1)) {
      const isClash = claim.spot === other.spot && overlap(claim, other);
      expect(isClash, `two claims of one spot overlap: ${JSON.stringify([claim, other])}`).toBe(
        false,
      );
    }
  }
  return plan;
}

function shownBooking(booking: ModelBooking, now: number) {
  const { id, status, price, window, parkedAt, leftAt, endedAt, cost, spot, isAtRisk } = booking;
  return {
    id,
    status,
    pricePerHour: price,
    reservedFrom: window?.from ?? null,
    reservedUntil: window?.until ?? null,
    ...(status === 'held' && { holdExpiresAt: holdEnd(booking) }),
    parkedAt,
    leftAt,
    endedAt,
    cost,
    ...(status === 'active' && { spotNumber: spot, costSoFar: costAt(booking, now) }),
    ...(isPlanned(booking) && { spotNumber: isAtRisk ? null : expect.any(Number) }),
  };
}

async function compareLot(scene: Compared, vpms: TestApp, lot: ModelLot): Promise<void> {
  const { now } = scene.model;
  const id = scene.lotIds.get(lot) ?? 0;
  const page = { limit: 1, cursor: Buffer.from(String(id - 1)).toString('base64url') };
  const [available, listed] = await Promise.all(
    [AvailableLotsQueries, AdminLotsQueries].map(async (queries) => {
      const { json } = await vpms.app.get<AvailableLotsQueries>(queries).list(page);
      const [first] = JSON.parse(json.toString()) as { id: number; available_spots: number }[];
      return first;
    }),
  );
  const plan = await currentPlan(scene, vpms, lot);
  if (lot.isDeleted) {
    expect([available?.id === id, listed?.id === id]).toEqual([false, false]);
    return;
  }
  const parked = plan.filter(({ isParked }) => isParked).map(({ spot }) => spot);
  const claimed = plan
    .filter(
      ({ from, spot }) =>
        from < now + lot.policy.walk_in_minutes * MINUTE && !parked.includes(spot),
    )
    .map(({ spot }) => spot);
  const reserved = new Set(claimed).size;
  const numberOfSpots = currentSpots(lot).length;
  const free = numberOfSpots - parked.length - reserved;
  expect(listed).toMatchObject({
    id,
    number_of_spots: numberOfSpots,
    available_spots: free,
    reserved_spots: reserved,
  });
  expect(available?.id === id ? available.available_spots : 0).toBe(free);
  const window = { from: now + 30 * MINUTE, until: now + 90 * MINUTE };
  const [withRoom] = (await vpms.app.get(LotsWithRoom).list(page, window)).items;
  expect(withRoom?.id === id).toBe(scene.model.hasRoom(lot, window));
  if (withRoom?.id === id) expect(withRoom.total).toBe(priceOf(window, lot.price));
}

async function compareDriver(scene: Compared, vpms: TestApp, driver: ModelDriver): Promise<void> {
  const { bookings } = driver;
  const count = (...statuses: readonly string[]) =>
    bookings.filter(({ status }) => statuses.includes(status)).length;
  const shown = await vpms.app.get(DriverStatisticsQueries).read(scene.driverIds.get(driver) ?? 0);
  expect(shown).toMatchObject({
    bookings: count('active', 'completed'),
    active: count('active'),
    upcoming: count('reserved'),
    spent: bookings.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
  });
}
