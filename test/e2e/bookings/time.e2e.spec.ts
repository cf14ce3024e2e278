import { describe, expect, it } from 'vitest';
import { createLot, createMember } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { HOUR } from '../../../src/platform/time/durations.js';
import { useTestApp } from '../../support/app/test-app.js';

/** UTC, a zone with a half-hour offset, and a zone with daylight saving time. */
const ZONES = ['UTC', 'Asia/Kolkata', 'America/New_York'];

it('the process of these tests has a time zone other than UTC', () => {
  expect(new Date(0).getTimezoneOffset()).not.toBe(0);
});

describe.each(ZONES)('time in an installation of %s', (zone) => {
  const clock = new FixedClock();
  const vpms = useTestApp({ clock, environment: { TIMEZONE: zone } });

  /** Books for a new driver at the instant. Returns the booking, and functions for requests of the driver. */
  async function park(instant: string) {
    clock.set(instant);
    const lot = await createLot(vpms, { pricePerHour: 1_610 });
    const { token } = await createMember(vpms);
    const get = async (path: string) => (await vpms.http.get(`/api/user/${path}`, { token })).body;
    const book = async () => {
      return (await vpms.as({ token }).book(lot.id)).body;
    };
    const booking = await book();
    const release = async (id: number = booking.id) => (await vpms.as({ token }).release(id)).body;
    return { booking, book, release, get };
  }

  it.each([
    [0, 16.1, 0],
    [HOUR - 1, 16.1, 1],
    [HOUR, 16.1, 1],
    [HOUR + 1, 32.2, 1],
    [2 * HOUR, 32.2, 2],
    [9.5 * HOUR, 161, 9.5],
  ])('charges a stay of %i ms as %f', async (length, cost, hours) => {
    const { booking, release } = await park('2026-03-01T09:30:00.000Z');
    expect(booking.parking_timestamp).toBe('2026-03-01T09:30:00.000Z');
    clock.advance(length);
    expect(await release()).toMatchObject({
      leaving_timestamp: new Date(Date.parse('2026-03-01T09:30:00.000Z') + length).toISOString(),
      duration_hours: hours,
      price_per_hour: 16.1,
      parking_cost: cost,
      cost,
    });
  });

  it.each([
    ['the hour that New York skips', '2026-03-08T06:30:00.000Z', HOUR, 16.1],
    ['the hour that New York has twice', '2026-11-01T05:30:00.000Z', HOUR, 16.1],
    ['both of those hours', '2026-11-01T05:00:00.000Z', 2 * HOUR, 32.2],
    ['a millisecond more', '2026-11-01T05:00:00.000Z', 2 * HOUR + 1, 48.3],
  ])('charges %s by its duration', async (_, parkedAt, length, cost) => {
    const { release } = await park(parkedAt);
    clock.advance(length);
    expect(await release()).toMatchObject({ cost });
  });

  it('charges a stay without length if the clock was set back', async () => {
    const { booking, get, release } = await park('2026-05-01T12:00:00.000Z');
    clock.advance(-2 * HOUR);
    expect(await get('active-booking')).toMatchObject({ duration_hours: 0, parking_cost: 0 });
    expect(await release()).toMatchObject({
      parking_timestamp: booking.parking_timestamp,
      leaving_timestamp: booking.parking_timestamp,
      duration_hours: 0,
      cost: 16.1,
    });
  });

  it('counts the bookings of the local calendar month', async () => {
    // The first instant of May in each zone; April's last booking is one millisecond earlier.
    const begin = { UTC: '00:00', 'Asia/Kolkata': '18:30', 'America/New_York': '04:00' }[zone];
    const day = zone === 'Asia/Kolkata' ? '2026-04-30' : '2026-05-01';
    const first = Date.parse(`${day}T${begin}:00.000Z`);
    const { get, book, release } = await park(new Date(first - 1).toISOString());
    expect(await get('stats')).toMatchObject({ totalBookings: 1, monthlyBookings: 1 });
    await release();
    clock.advance(1);
    const second = await book();
    expect(await get('stats')).toMatchObject({ totalBookings: 2, monthlyBookings: 1 });
    await release(second.id);
    await book();
    expect(await get('stats')).toMatchObject({ totalBookings: 3, monthlyBookings: 2 });
  });
});
