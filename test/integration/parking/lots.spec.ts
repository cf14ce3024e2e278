import { beforeAll, describe, expect, it } from 'vitest';
import { ReadDatabase } from '../../../src/platform/database/read-database.js';
import { LotNotFound } from '../../../src/parking/errors.js';
import { LotOccupied, TooFewSpots } from '../../../src/parking/lots/errors.js';
import { LotsService } from '../../../src/parking/lots/lots.service.js';
import { PublicLotsQueries } from '../../../src/public/lots/public-lots-queries.js';
import { ReservationsService } from '../../../src/parking/reservations/reservations.service.js';
import { Spot } from '../../../src/parking/spots/spot.entity.js';
import { countCommits } from '../../support/checks/commits.js';
import {
  createLot,
  createMember,
  createMembers,
  ADMIN_PRINCIPAL,
} from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { ON_POSTGRES } from '../../support/data/test-database.js';
import { violationsOf } from '../../support/checks/violations.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';

const clock = new FixedClock();
const vpms = useTestApp({ clock });
let lots: LotsService;
let reservations: ReservationsService;
let transactions: TransactionRunner;

beforeAll(async () => {
  lots = vpms.app.get(LotsService);
  reservations = vpms.app.get(ReservationsService);
  transactions = vpms.app.get(TransactionRunner);
});

const resize = (lotId: number, numberOfSpots: number) =>
  lots.update(lotId, { numberOfSpots }, ADMIN_PRINCIPAL);

/** The lot's spots, including retired ones, by number. */
const spotsOf = (lotId: number) =>
  vpms.app
    .get(ReadDatabase)
    .getRepository(Spot)
    .find({ where: { lotId }, order: { number: 'ASC' } });

const inUse = async (lotId: number): Promise<number[]> =>
  (await spotsOf(lotId)).filter(({ retiredAt }) => retiredAt === null).map(({ number }) => number);

/** Parks the given number of drivers, one after another. */
async function park(lotId: number, drivers: number) {
  const bookings = [];
  for (const { id: userId } of await createMembers(vpms, drivers)) {
    const booking = await reservations.book(transactions, { userId, lotId });
    bookings.push({
      ...booking,
      release: () => reservations.release(transactions, { userId, reservationId: booking.id }),
    });
  }
  return bookings;
}

describe('a new lot', () => {
  it('has 10,000 spots, numbered from 1', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 10_000 });
    expect(lot).toMatchObject({ numberOfSpots: 10_000, parked: 0 });
    const spots = await spotsOf(lot.id);
    expect(spots.map(({ number }) => number)).toEqual(
      Array.from({ length: 10_000 }, (_, index) => index + 1),
    );
    expect(new Set(spots.map(({ status }) => status))).toEqual(new Set(['A']));
  });

  it.skipIf(ON_POSTGRES)('is created in one transaction with one sync', async () => {
    const commits = countCommits(`${vpms.dataDirectory}/vpms.db`);
    await createLot(vpms, { numberOfSpots: 10_000 });
    expect(commits()).toBe(1);
  });

  it('grows to and shrinks from 10,000 spots', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 1 });
    expect(await resize(lot.id, 10_000)).toMatchObject({ numberOfSpots: 10_000 });
    expect(await inUse(lot.id)).toHaveLength(10_000);
    await resize(lot.id, 1);
    expect(await inUse(lot.id)).toEqual([1]);
    await resize(lot.id, 10_000);
    expect(await spotsOf(lot.id)).toHaveLength(10_000);
  });
});

describe('a decrease of spots', () => {
  it('retires the free spots with the highest numbers', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 6 });
    const [first, second] = await park(lot.id, 5);
    await first?.release();
    await second?.release();
    // 3, 4 and 5 are occupied; 1, 2 and 6 are free.
    expect(await resize(lot.id, 4)).toMatchObject({ numberOfSpots: 4, parked: 3 });
    expect(await inUse(lot.id)).toEqual([1, 3, 4, 5]);
  });

  it('stops at the number of occupied spots', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 5 });
    await park(lot.id, 2);
    await expect(resize(lot.id, 1)).rejects.toThrow(TooFewSpots);
    expect(await inUse(lot.id)).toHaveLength(5);
    expect(await resize(lot.id, 2)).toMatchObject({ numberOfSpots: 2, parked: 2 });
  });

  it('changes nothing if it is refused', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 3 });
    await park(lot.id, 2);
    const changes = { name: 'Other', pricePerHour: 1, numberOfSpots: 1 };
    await expect(lots.update(lot.id, changes, ADMIN_PRINCIPAL)).rejects.toThrow(TooFewSpots);
    const all = await vpms.app.get(PublicLotsQueries).all();
    expect(all.find(({ id }) => id === lot.id)).toEqual({ ...lot, parked: 2 });
  });
});

describe('an increase of spots', () => {
  it('restores the retired spots with the lowest numbers, then creates new ones', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 5 });
    const before = await spotsOf(lot.id);
    await resize(lot.id, 2);
    await resize(lot.id, 4);
    expect(await inUse(lot.id)).toEqual([1, 2, 3, 4]);
    await resize(lot.id, 7);
    expect(await inUse(lot.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const after = await spotsOf(lot.id);
    expect(after.slice(0, 5).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });
});

describe('a driver', () => {
  it('always gets the free spot with the lowest number', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 4 });
    const [first, , third] = await park(lot.id, 4);
    await third?.release();
    await first?.release();
    const numbers = (await park(lot.id, 2)).map(({ spotNumber }) => spotNumber);
    expect(numbers).toEqual([1, 3]);
  });
});

describe('a change of a lot', () => {
  it('leaves omitted fields unchanged', async () => {
    const lot = await createLot(vpms);
    clock.advance(60_000);
    expect(await lots.update(lot.id, {}, ADMIN_PRINCIPAL)).toEqual(lot);
    expect(await lots.update(lot.id, { address: '2 Side Street' }, ADMIN_PRINCIPAL)).toEqual({
      ...lot,
      address: '2 Side Street',
      updatedAt: clock.now().getTime(),
    });
  });

  it('does not affect the price of existing bookings', async () => {
    const lot = await createLot(vpms, { pricePerHour: 1_000, numberOfSpots: 2 });
    const [active, past] = await park(lot.id, 2);
    expect(await past?.release()).toMatchObject({ cost: 1_000 });
    await lots.update(lot.id, { pricePerHour: 9_999 }, ADMIN_PRINCIPAL);
    const { items } = await reservations.list(past?.userId ?? 0, { limit: 10 });
    expect(items).toMatchObject([{ pricePerHour: 1_000, cost: 1_000, currentPrice: 9_999 }]);
    expect(await active?.release()).toMatchObject({ cost: 1_000 });
    expect(await park(lot.id, 1)).toMatchObject([{ pricePerHour: 9_999 }]);
  });

  it.each([404_404, Number.MAX_SAFE_INTEGER])('is refused for the unknown id %i', async (id) => {
    await expect(lots.update(id, {}, ADMIN_PRINCIPAL)).rejects.toThrow(LotNotFound);
    await expect(lots.delete(id, ADMIN_PRINCIPAL)).rejects.toThrow(LotNotFound);
    const { id: userId } = await createMember(vpms);
    await expect(reservations.book(transactions, { userId, lotId: id })).rejects.toThrow(
      LotNotFound,
    );
  });
});

describe('the deletion of a lot', () => {
  it('is refused while a spot is occupied', async () => {
    const lot = await createLot(vpms);
    const [booking] = await park(lot.id, 1);
    await expect(lots.delete(lot.id, ADMIN_PRINCIPAL)).rejects.toThrow(LotOccupied);
    await booking?.release();
    await lots.delete(lot.id, ADMIN_PRINCIPAL);
    await expect(lots.delete(lot.id, ADMIN_PRINCIPAL)).rejects.toThrow(LotNotFound);
    await expect(resize(lot.id, 3)).rejects.toThrow(LotNotFound);
  });

  it('keeps its past bookings with all names', async () => {
    const lot = await createLot(vpms, { name: 'Old Harbour', address: '3 Quay' });
    const [booking] = await park(lot.id, 1);
    await booking?.release();
    await lots.update(lot.id, { name: 'New Harbour' }, ADMIN_PRINCIPAL);
    await lots.delete(lot.id, ADMIN_PRINCIPAL);
    const { items } = await reservations.list(booking?.userId ?? 0, { limit: 10 });
    expect(items).toMatchObject([{ lotName: 'New Harbour', address: '3 Quay', spotNumber: 1 }]);
    const left = await vpms.app.get(PublicLotsQueries).all();
    expect(left.map(({ id }) => id)).not.toContain(lot.id);
  });
});

it('leaves the database consistent', async () => {
  expect(await violationsOf(vpms)).toEqual({});
});
