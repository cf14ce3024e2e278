import { beforeAll, describe, expect, it } from 'vitest';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { encodeCursor, type PageRequest } from '../../../src/platform/page.js';
import {
  AlreadyParked,
  AlreadyReleased,
  BookingNotFound,
} from '../../../src/parking/reservations/errors.js';
import { LotFull } from '../../../src/parking/errors.js';
import { insertReservations } from '../../../src/parking/bulk/insert-reservations.js';
import type { BookingStatus } from '../../../src/parking/reservations/states.js';
import { ReservationsService } from '../../../src/parking/reservations/reservations.service.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { violationsOf } from '../../support/checks/violations.js';

const clock = new FixedClock();
const vpms = useTestApp({ clock });
let reservations: ReservationsService;
let transactions: TransactionRunner;
let lotId: number;

beforeAll(async () => {
  reservations = vpms.app.get(ReservationsService);
  transactions = vpms.app.get(TransactionRunner);
  lotId = (await createLot(vpms)).id;
});

/** Creates a driver with completed stays, by default all at the same instant. Returns the driver's id. */
async function driverWith(stays: number, milliseconds = 0): Promise<number> {
  const { id: userId } = await createMember(vpms);
  for (let count = 0; count < stays; count += 1) {
    clock.advance(milliseconds);
    const { id } = await reservations.book(transactions, { userId, lotId });
    await reservations.release(transactions, { userId, reservationId: id });
  }
  return userId;
}

/** The ids of each page, until the last one. */
async function readPages(userId: number, limit: number, between?: () => Promise<unknown>) {
  const pages: number[][] = [];
  let query: PageRequest | undefined = { limit };
  while (query) {
    const page = await reservations.list(userId, query);
    pages.push(page.items.map(({ id }) => id));
    query = page.next && { limit, cursor: encodeCursor(page.next) };
    await between?.();
  }
  return pages;
}

describe('history', () => {
  it.each([0, 1_000])(
    'lists all bookings newest first, in pages, with stays %i ms apart',
    async (gap) => {
      const userId = await driverWith(7, gap);
      const pages = await readPages(userId, 3);
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
      const ids = pages.flat();
      expect(ids).toEqual(ids.toSorted((a, b) => b - a));
      expect(new Set(ids).size).toBe(7);
    },
  );

  it('has no page after an exactly full one', async () => {
    expect(await readPages(await driverWith(4), 2)).toHaveLength(2);
    expect(await readPages(await driverWith(0), 2)).toEqual([[]]);
  });

  it('repeats and skips nothing while bookings are added', async () => {
    const userId = await driverWith(6, 1_000);
    const before = (await readPages(userId, 500)).flat();
    const during = await readPages(userId, 2, async () => {
      clock.advance(1_000);
      const { id } = await reservations.book(transactions, { userId, lotId });
      await reservations.release(transactions, { userId, reservationId: id });
    });
    expect(during.flat()).toEqual(before);
  });

  it('filters by status', async () => {
    const userId = await driverWith(2, 1_000);
    const active = await reservations.book(transactions, { userId, lotId });
    const ids = async (...statuses: BookingStatus[]) =>
      (
        await reservations.list(userId, { limit: 10 }, statuses.length > 0 ? statuses : undefined)
      ).items.map(({ id }) => id);
    const all = await ids();
    expect(await ids('active')).toEqual([active.id]);
    expect(await ids('completed')).toEqual(all.filter((id) => id !== active.id));
    expect(all).toHaveLength(3);
  });
});

describe('a driver', () => {
  it("cannot see or release another driver's booking", async () => {
    const [{ id: owner }, { id: other }] = [await createMember(vpms), await createMember(vpms)];
    const { id } = await reservations.book(transactions, { userId: owner, lotId });
    await expect(
      reservations.release(transactions, { userId: other, reservationId: id }),
    ).rejects.toThrow(BookingNotFound);
    await reservations.release(transactions, { userId: owner, reservationId: id });
    await expect(
      reservations.release(transactions, { userId: other, reservationId: id }),
    ).rejects.toThrow(BookingNotFound);
    await expect(
      reservations.release(transactions, { userId: owner, reservationId: id }),
    ).rejects.toThrow(AlreadyReleased);
    expect(await reservations.list(other, { limit: 10 })).toMatchObject({ items: [] });
  });

  it('gets ALREADY_PARKED while parked, even for a full lot', async () => {
    const full = await createLot(vpms, { numberOfSpots: 1 });
    const [{ id: parked }, { id: late }] = [await createMember(vpms), await createMember(vpms)];
    await reservations.book(transactions, { userId: parked, lotId: full.id });
    const again = { userId: parked, lotId: full.id };
    await expect(reservations.book(transactions, again)).rejects.toThrow(AlreadyParked);
    await expect(reservations.book(transactions, { userId: parked, lotId })).rejects.toThrow(
      AlreadyParked,
    );
    await expect(reservations.book(transactions, { userId: late, lotId: full.id })).rejects.toThrow(
      LotFull,
    );
  });

  it('gets the texts of a booking as they were sent', async () => {
    const { id: userId } = await createMember(vpms);
    const text = { vehicleNumber: ` KA 05\t'; --`, remarks: 'ünïcödé 🚗\r\n' };
    await reservations.book(transactions, { userId, lotId, ...text });
    expect(await reservations.findActive(userId)).toMatchObject(text);
  });
});

describe('bookings inserted in bulk', () => {
  it('occupy their spots, count in the totals, and cannot share a spot', async () => {
    const { id } = await createLot(vpms, { numberOfSpots: 2 });
    const userId = await driverWith(1);
    const { id: other } = await createMember(vpms);
    const [spot] = await queryDatabase<{ id: number }>(
      vpms.dataDirectory,
      `SELECT id FROM spots WHERE lot_id = ${id} AND number = 1`,
    );
    const parkedAt = clock.now().getTime();
    clock.advance(3_600_001);
    const leftAt = clock.now().getTime();
    const place = { spotId: spot?.id ?? 0, lotId: id, userId };
    const kept = { vehicleNumber: null, remarks: 'Moved in', createdAt: leftAt, updatedAt: leftAt };
    const row = { ...place, ...kept, parkedAt, leftAt, pricePerHour: 500, cost: 1_000 };
    const active = { ...row, parkedAt: leftAt, leftAt: null, cost: null };
    const insert = (rows: Parameters<typeof insertReservations>[1]) =>
      vpms.app.get(TransactionRunner).run((tx) => insertReservations(tx, rows));
    await insert([row, active]);
    await expect(insert([{ ...active, userId: other }])).rejects.toThrow(/unique/i);

    const [totals] = await queryDatabase(
      vpms.dataDirectory,
      `SELECT bookings, spent FROM driver_totals WHERE user_id = ${userId}`,
    );
    expect(totals).toEqual({ bookings: 3, spent: 2_250 });
    expect(await reservations.findActive(userId)).toMatchObject({ spotNumber: 1, lotId: id });
    expect(await reservations.findActive(other)).toBeUndefined();
    const next = await reservations.book(transactions, { userId: other, lotId: id });
    expect(next.spotNumber).toBe(2);
    expect(await violationsOf(vpms)).toEqual({});
  });
});
