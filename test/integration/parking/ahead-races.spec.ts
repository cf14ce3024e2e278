import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { useTestApp } from '../../support/app/test-app.js';
import { type Claim, mostAtOnce } from '../../support/checks/claims.js';
import { violationsOf } from '../../support/checks/violations.js';
import { createLot, createMember, createMembers } from '../../support/data/factories.js';
import { ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';

const vpms = useTestApp();
const TOMORROW = Math.ceil(Date.now() / HOUR) * HOUR + DAY;

/** The claims of the lot's bookings ahead. */
function claimsIn(lotId: number): Promise<Claim[]> {
  return queryDatabase<Claim>(
    vpms.dataDirectory,
    `SELECT claim_from AS starts, claim_until AS ends FROM reservations
      WHERE lot_id = ${lotId} AND status IN ('held', 'reserved')`,
  );
}

const statuses = (responses: readonly { status: number; body: { code?: string } }[]) => {
  const kinds = responses.map(({ status, body }) => `${status} ${body.code ?? ''}`.trim());
  return [...new Set(kinds)].sort();
};

describe('the first booking ahead of a lot', () => {
  it.runIf(ON_POSTGRES)('does not make walk-ins wait for each other', async () => {
    const drivers = await createMembers(vpms, 9);
    const deadlocks = async () => {
      await queryDatabase(vpms.dataDirectory, 'SELECT pg_stat_force_next_flush()');
      const [row] = await queryDatabase<{ deadlocks: number }>(
        vpms.dataDirectory,
        'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
      );
      return Number(row?.deadlocks);
    };
    for (let round = 0; round < 6; round += 1) {
      const { id: lotId } = await createLot(vpms, { numberOfSpots: 30 });
      const [first, ...walkIns] = drivers.map((driver) => vpms.as(driver));
      const window = {
        from: new Date(TOMORROW).toISOString(),
        until: new Date(TOMORROW + HOUR).toISOString(),
      };
      const [reserved, ...parked] = await Promise.all([
        first?.bookAhead({ lot_id: lotId, ...window }),
        ...walkIns.map((api) => api.book(lotId)),
      ]);
      expect(reserved?.status).toBe(201);
      expect(statuses(parked)).toEqual(['201']);
      await first?.post(`/api/user/bookings/${reserved?.body.id}/cancel`, {});
      await Promise.all(walkIns.map((api, index) => api.release(parked[index]?.body.id)));
    }
    await sleep(1_500);
    expect(await deadlocks()).toBe(0);
    expect(await violationsOf(vpms)).toEqual({});
  });
});

describe('200 drivers who book overlapping windows in a lot of 20 spots', () => {
  it('never get more spots than there are at any moment, and are refused only if it is full', async () => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 20 });
    const drivers = await createMembers(vpms, 200);
    const walkIns = await createMembers(vpms, 20);
    const windows = drivers.map((_, index) => {
      const from = TOMORROW + (index % 40) * 15 * MINUTE;
      return { from, until: from + (1 + (index % 5)) * HOUR };
    });
    const [booked, parked] = await Promise.all([
      Promise.all(
        drivers.map((driver, index) => {
          const { from = 0, until = 0 } = windows[index] ?? {};
          return vpms.as(driver).bookAhead({
            lot_id: lotId,
            from: new Date(from).toISOString(),
            until: new Date(until).toISOString(),
          });
        }),
      ),
      Promise.all(walkIns.map((driver) => vpms.as(driver).book(lotId))),
    ]);
    expect(statuses(parked)).toEqual(['201']);
    expect(statuses(booked)).toEqual(['201', '409 LOT_FULL']);
    const claims = await claimsIn(lotId);
    expect(claims).toHaveLength(booked.filter(({ status }) => status === 201).length);
    expect(mostAtOnce(claims)).toBe(20);
    // No driver was refused while there was room: in each refused window, all spots are claimed at some
    // moment.
    for (const [index, { status }] of booked.entries()) {
      const { from = 0, until = 0 } = windows[index] ?? {};
      if (status === 201) continue;
      expect(mostAtOnce(claims, { starts: from, ends: until })).toBeGreaterThanOrEqual(20);
    }
    expect(await violationsOf(vpms)).toEqual({});
  }, 60_000);
});

describe('concurrent requests for one booking', () => {
  const window = (minutes: number, hours = 2) => ({
    from: new Date(Date.now() + minutes * MINUTE).toISOString(),
    until: new Date(Date.now() + hours * HOUR).toISOString(),
  });

  it('cancel it or check in, never both', async () => {
    const drivers = await createMembers(vpms, 20);
    for (const driver of drivers) {
      const { id: lotId } = await createLot(vpms, { numberOfSpots: 1 });
      const api = vpms.as(driver);
      const { body } = await api.bookAhead({ lot_id: lotId, ...window(5) });
      const [cancelled, checkedIn] = await Promise.all([api.cancel(body.id), api.checkIn(body.id)]);
      expect(new Set([cancelled.status, checkedIn.status])).toEqual(new Set([200, 409]));
      const { body: after } = await api.booking(body.id);
      expect(after.status).toBe(cancelled.status === 200 ? 'cancelled' : 'active');
    }
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('check in and release it for the driver, with the state before in the audit log', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    for (const driver of await createMembers(vpms, 20)) {
      const { id: lotId } = await createLot(vpms, { numberOfSpots: 1 });
      const api = vpms.as(driver);
      const { body } = await api.bookAhead({ lot_id: lotId, ...window(5) });
      const [checkedIn, released] = await Promise.all([
        api.checkIn(body.id),
        admin.post(`/api/admin/bookings/${body.id}/release`, { body: { reason: 'Race' } }),
      ]);
      expect(checkedIn.status).toBe(200);
      if (released.status !== 200) continue;
      const query = `target_type=reservation&target_id=${body.id}&action=booking.released`;
      const { body: entries } = await admin.get(`/api/admin/audit-log?${query}`);
      expect(entries[0].before).toEqual({ status: 'active', parking_cost: 0 });
    }
  });

  it('check in or park in another lot, never both', async () => {
    const { id: otherLot } = await createLot(vpms, { numberOfSpots: 40 });
    for (const driver of await createMembers(vpms, 40)) {
      const { id: lotId } = await createLot(vpms, { numberOfSpots: 1 });
      const api = vpms.as(driver);
      const { body } = await api.bookAhead({ lot_id: lotId, ...window(5) });
      const outcomes = await Promise.all([api.checkIn(body.id), api.book(otherLot)]);
      const refused = outcomes.filter(({ status }) => status >= 400);
      expect(statuses(refused)).toEqual(['409 ALREADY_PARKED']);
      expect(refused).toHaveLength(1);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('confirm a hold once', async () => {
    const driver = await createMember(vpms);
    const { id: lotId } = await createLot(vpms);
    const api = vpms.as(driver);
    const { body } = await api.bookAhead({ lot_id: lotId, ...window(60, 3), hold: true });
    const confirmed = await Promise.all(Array.from({ length: 10 }, () => api.confirm(body.id)));
    expect(confirmed.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(statuses(confirmed)).toEqual(['200', '409 WRONG_STATUS']);
  });

  it('create one booking of a driver at a time, in any lot', async () => {
    const api = vpms.as(await createMember(vpms));
    const lots = await Promise.all(Array.from({ length: 5 }, () => createLot(vpms)));
    const booked = await Promise.all(
      lots.map(({ id }) => api.bookAhead({ lot_id: id, ...window(60, 3) })),
    );
    expect(booked.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(statuses(booked)).toEqual(['201', '409 BOOKING_OVERLAPS']);
  });

  it('extend it or book the time after it, never both', async () => {
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 1 });
    for (let round = 0; round < 10; round += 1) {
      const [owner, other] = [await createMember(vpms), await createMember(vpms)];
      const start = TOMORROW + round * 4 * HOUR;
      const at = (hours: number) => new Date(start + hours * HOUR).toISOString();
      const { body } = await vpms.as(owner).bookAhead({ lot_id: lotId, from: at(0), until: at(1) });
      const [extended, booked] = await Promise.all([
        vpms.as(owner).extend(body.id, at(2)),
        vpms.as(other).bookAhead({ lot_id: lotId, from: at(1), until: at(2) }),
      ]);
      expect([extended.status === 200, booked.status === 201].filter(Boolean)).toHaveLength(1);
    }
    expect(mostAtOnce(await claimsIn(lotId))).toBe(1);
  });

  it('extend it or release it, and charge the window that it has then', async () => {
    for (const driver of await createMembers(vpms, 40)) {
      // If the lot has no other booking, a release does not plan it again.
      const { id: lotId } = await createLot(vpms, { numberOfSpots: 1, pricePerHour: 1_000 });
      const api = vpms.as(driver);
      const { body } = await api.bookAhead({ lot_id: lotId, ...window(5) });
      await api.checkIn(body.id);
      const until = new Date(Date.parse(body.reserved_until) + 3 * HOUR).toISOString();
      const [extended, released] = await Promise.all([
        api.extend(body.id, until),
        api.release(body.id),
      ]);
      expect(released.status, released.text).toBe(200);
      const { body: after } = await api.booking(body.id);
      const isExtended = extended.status === 200;
      expect(after.status).toBe('completed');
      expect(after.reserved_until).toBe(isExtended ? until : body.reserved_until);
      expect(after.parking_cost).toBe(isExtended ? 50 : 20);
      expect(released.body.parking_cost).toBe(after.parking_cost);
    }
  });

  // A change of bookings ahead locks the lot first; a correction that waited for the lot would deadlock
  // with the change.
  it.runIf(ON_POSTGRES)('correct its plate while another unit has locked the lot', async () => {
    const { id: lotId } = await createLot(vpms);
    const api = vpms.as(await createMember(vpms));
    const { body } = await api.bookAhead({ lot_id: lotId, ...window(60, 3) });
    const corrected = await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`SELECT id FROM lots WHERE id = ${lotId} FOR UPDATE`;
      return api.correctVehicle(body.id, { vehicle_number: 'RIGHT 1' });
    });
    expect([corrected.status, corrected.body.vehicle_number]).toEqual([200, 'RIGHT 1']);
  });

  it('shrink a lot or book its last spot, never both', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    for (const driver of await createMembers(vpms, 10)) {
      const { id: lotId } = await createLot(vpms, { numberOfSpots: 2 });
      const first = { lot_id: lotId, ...window(60, 3) };
      await vpms.as(await createMember(vpms)).bookAhead(first);
      const [booked, shrunk] = await Promise.all([
        vpms.as(driver).bookAhead(first),
        admin.updateLot(lotId, { number_of_spots: 1 }),
      ]);
      expect([booked.status === 201, shrunk.status === 200].filter(Boolean)).toHaveLength(1);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });
});

describe('the database', () => {
  it('refuses two claims of one spot that overlap, written directly', async () => {
    const [first, second] = [await createMember(vpms), await createMember(vpms)];
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 1 });
    const row = (userId: number, from: number, until: number) => `
      INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at, cost,
        reserved_from, reserved_until, claim_from, claim_until, lapses_at, due_at, price_per_hour,
        created_at, updated_at)
      SELECT id, lot_id, ${userId}, 'reserved', ${from}, ${until}, 0, ${from}, ${until}, ${from},
        ${until}, ${until}, ${until}, 100, 0, 0 FROM spots WHERE lot_id = ${lotId}`;
    const write = (sql: string) => queryDatabase(vpms.dataDirectory, sql);
    await write(row(first.id, TOMORROW, TOMORROW + HOUR));
    await expect(write(row(second.id, TOMORROW + HOUR - 1, TOMORROW + 2 * HOUR))).rejects.toThrow(
      /overlap|reservations_claims_apart/,
    );
    await write(row(second.id, TOMORROW + HOUR, TOMORROW + 2 * HOUR));
    const moved = `UPDATE reservations SET claim_from = claim_from - 1 WHERE user_id = ${second.id}`;
    await expect(write(moved)).rejects.toThrow(/overlap|reservations_claims_apart/);
  });

  it.each([
    ['a reserved booking without a window', 'reserved_from = NULL, reserved_until = NULL'],
    ['a window that ends before it begins', 'reserved_until = reserved_from'],
    ['a reserved booking that is parked', 'left_at = NULL, cost = NULL'],
    ['a completed booking without a cost', "status = 'completed', cost = NULL"],
    ['a hold that never expires', "status = 'held'"],
    ['a cancelled booking that claims a spot', "status = 'cancelled', ended_at = 1, due_at = NULL"],
    ['a claim without an end', 'claim_until = NULL'],
    ['a status that does not exist', "status = 'lost'"],
  ])('refuses %s, written directly', async (_, change) => {
    const driver = await createMember(vpms);
    const { id: lotId } = await createLot(vpms);
    const at = (hours: number) => new Date(TOMORROW + hours * HOUR).toISOString();
    await vpms.as(driver).bookAhead({ lot_id: lotId, from: at(0), until: at(1) });
    const sql = `UPDATE reservations SET ${change} WHERE user_id = ${driver.id}`;
    await expect(queryDatabase(vpms.dataDirectory, sql)).rejects.toThrow(/constraint|CHECK/i);
  });
});
