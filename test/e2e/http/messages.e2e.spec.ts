import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { at, FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { perHour } from '../../support/data/tariffs.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';

const METRICS_TOKEN = 'the-token-of-the-metrics';
/** An integer that a JavaScript number cannot represent exactly. */
const LARGE = '9007199254740993';

describe('the message of a refusal', () => {
  const clock = new FixedClock(START);
  const vpms = useTestApp({ clock, environment: { METRICS_TOKEN } });
  let admin: ApiClient;
  let driver: ApiClient;
  let lotId: number;

  beforeEach(async () => {
    clock.set(START);
    admin = vpms.as(await createMember(vpms, 'admin'));
    driver = vpms.as(await createMember(vpms));
    lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
  });

  const reserve = (from: number, until: number, api = driver) =>
    api.bookAhead({ lot_id: lotId, from: at(from), until: at(until) });
  const act = (id: number | string, action: string) =>
    admin.post(`/api/admin/bookings/${id}/${action}`, { body: { reason: 'By phone' } });

  it('names the window in which the lot is full, and none for parking now', async () => {
    await reserve(60, 120);
    const other = vpms.as(await createMember(vpms));
    expect((await reserve(90, 150, other)).body.message).toBe(
      `Parking lot ${lotId} has no free spot from ${at(90)} until ${at(150)}.`,
    );
    const { id } = (await reserve(180, 240, other)).body;
    expect((await other.changeBooking(id, { from: at(100) })).body.message).toBe(
      `Parking lot ${lotId} has no free spot from ${at(100)} until ${at(240)}.`,
    );
    clock.advance(60 * MINUTE);
    await driver.checkIn((await driver.get('/api/user/bookings?status=reserved')).body[0].id);
    const third = vpms.as(await createMember(vpms));
    expect((await third.book(lotId)).body.message).toBe(`Parking lot ${lotId} has no free spot.`);
  });

  it('states how to end the booking that overlaps', async () => {
    const { id: reserved } = (await reserve(120, 180)).body;
    expect((await reserve(150, 200)).body.message).toBe(
      `Your booking ${reserved} covers part of this time; change or cancel it first.`,
    );
    const { id: active } = await driver.park((await createLot(vpms)).id);
    expect((await reserve(30, 90)).body.message).toBe(
      `Your booking ${active} covers part of this time; release it first.`,
    );
  });

  it('addresses neither a driver nor an operator if both get it', async () => {
    const { id } = (await reserve(60, 120)).body;
    await driver.park((await createLot(vpms)).id);
    expect((await act(id, 'check-in')).body.message).toBe(
      `Check-in for booking ${id} begins at ${at(45)}.`,
    );
    clock.advance(60 * MINUTE);
    expect((await act(id, 'check-in')).body.message).toBe(
      `Booking ${id} cannot be checked in while its driver has an active booking; release that one first.`,
    );
    expect((await act(999_999, 'release')).body.message).toBe('There is no booking 999999.');
    expect((await driver.release(999_999)).body.message).toBe('You have no booking 999999.');
  });

  it('states when a booking gets its receipt', async () => {
    const { id } = (await reserve(60, 120)).body;
    expect((await driver.receipt(id)).body.message).toBe(
      `Booking ${id} is not over; it gets its receipt when it ends.`,
    );
  });

  it('does not show another id than the one that was sent', async () => {
    const responses = [
      await driver.release(LARGE),
      await driver.correctVehicle(LARGE, { vehicle_number: 'DL 1' }),
      await driver.changeVehicle(LARGE, { plate: 'DL 1' }),
      await driver.get(`/api/user/parking-lots/${LARGE}/tariff`),
      await act(LARGE, 'release'),
      await admin.get(`/api/admin/parking-lots/${LARGE}/spots`),
      await admin.get(`/api/admin/users/${LARGE}`),
      await admin.post(`/api/admin/gates/${LARGE}/key`),
    ];
    for (const { status, body } of responses) {
      expect(status).toBe(404);
      expect(body.message).toMatch(/ (booking|vehicle|parking lot|account|gate) with this id\.$/);
    }
  });

  it('states the greatest price that may be sent', async () => {
    const change = (price: number) => admin.updateLot(lotId, { price });
    const message = /^price must be a number from 0 to 1000000\b/;
    for (const price of [-1, 1_000_001, 60_000_001]) {
      expect((await change(price)).body.message, String(price)).toMatch(message);
    }
    await admin.setTariff(lotId, perHour(20));
    expect((await change(60_000_001)).body.message).toMatch(message);
  });

  it('names what is wrong with the token of the metrics', async () => {
    const wrong = await vpms.http.get('/metrics', { token: `${METRICS_TOKEN}x` });
    expect(wrong.body.message).toBe('The token is wrong; send the value of METRICS_TOKEN.');
    const headers = { authorization: `Basic ${METRICS_TOKEN}` };
    expect((await vpms.http.get('/metrics', { headers })).body.message).toBe(
      'The Authorization header must have the form: Bearer <token>.',
    );
  });

  it('states what may have happened to a link', async () => {
    const body = { token: 'unknown', new_password: 'long enough' };
    expect((await vpms.http.post('/api/auth/reset-password', { body })).body.message).toBe(
      'The link has expired, was used, or was replaced by a newer one; request a new one.',
    );
  });
});
