import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLot, createMember, createMembers } from '../../support/data/factories.js';
import { useTestApp } from '../../support/app/test-app.js';
import { violationsOf } from '../../support/checks/violations.js';

const vpms = useTestApp();

/** Number of responses by status and error code. */
function tally(responses: readonly { status: number; body: { code?: string } }[]) {
  const counts: Record<string, number> = {};
  for (const { status, body } of responses) {
    const kind = body.code ? `${status} ${body.code}` : String(status);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('concurrent requests', () => {
  it('give the 50 spots of a lot to 50 of 200 drivers', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 50 });
    const drivers = await createMembers(vpms, 200);
    const responses = await Promise.all(
      drivers.map(({ token }) => vpms.as({ token }).book(lot.id)),
    );
    expect(tally(responses)).toEqual({ 201: 50, '409 LOT_FULL': 150 });
    const taken = responses.filter(({ status }) => status === 201);
    const numbers = taken.map(({ body }) => Number(body.spot_number)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('create one booking for 20 requests of one driver', async () => {
    const lots = await Promise.all([createLot(vpms), createLot(vpms)]);
    const { token } = await createMember(vpms);
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => vpms.as({ token }).book(lots[index % 2]?.id ?? 0)),
    );
    expect(tally(responses)).toEqual({ 201: 1, '409 ALREADY_PARKED': 19 });
    const { body: history } = await vpms.http.get('/api/user/bookings', { token });
    expect(history).toHaveLength(1);
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('release one booking once for 20 requests', async () => {
    const lot = await createLot(vpms, { pricePerHour: 4_000 });
    const { token } = await createMember(vpms);
    const booking = await vpms.as({ token }).park(lot.id);
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => vpms.as({ token }).release(booking.id)),
    );
    expect(tally(responses)).toEqual({ 200: 1, '409 ALREADY_RELEASED': 19 });
    const { body: statistics } = await vpms.http.get('/api/user/stats', { token });
    expect(statistics).toMatchObject({ totalBookings: 1, activeBookings: 0, totalSpent: 40 });
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('delete a lot or book in it, never both', async () => {
    const { token: admin } = await createMember(vpms, 'admin');
    const drivers = await createMembers(vpms, 20);
    for (const [index, { token }] of drivers.entries()) {
      const lot = await createLot(vpms, { numberOfSpots: 1 });
      const [booked, deleted] = await Promise.all([
        vpms.as({ token }).book(lot.id),
        // Each deletion begins a millisecond later, so that either request may come first.
        sleep(index).then(() =>
          vpms.http.delete(`/api/admin/parking-lots/${lot.id}`, { token: admin }),
        ),
      ]);
      expect([
        { 201: 1, '409 LOT_OCCUPIED': 1 },
        { 200: 1, '404 LOT_NOT_FOUND': 1 },
      ]).toContainEqual(tally([booked, deleted]));
    }
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('grow and shrink a lot consistently', async () => {
    const lot = await createLot(vpms, { numberOfSpots: 20 });
    const { token: admin } = await createMember(vpms, 'admin');
    const drivers = await createMembers(vpms, 15);
    const parked = await Promise.all(drivers.map(({ token }) => vpms.as({ token }).book(lot.id)));
    expect(tally(parked)).toEqual({ 201: 15 });
    const responses = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        vpms.http.put(`/api/admin/parking-lots/${lot.id}`, {
          token: admin,
          body: { number_of_spots: 10 + ((index * 7) % 30) },
        }),
      ),
    );
    // 10 to 14 are fewer than the occupied spots; each of the 30 numbers is requested twice.
    expect(tally(responses)).toEqual({ 200: 50, '409 TOO_FEW_SPOTS': 10 });
    for (const { body } of responses.filter(({ status }) => status === 200)) {
      expect(body.available_spots + 15).toBe(body.number_of_spots);
    }
    expect(await violationsOf(vpms)).toEqual({});
  });
});
