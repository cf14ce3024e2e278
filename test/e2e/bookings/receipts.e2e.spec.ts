import { beforeEach, describe, expect, it } from 'vitest';
import { ReceiptsService } from '../../../src/parking/reservations/pricing/receipts.service.js';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { at, START } from '../../support/app/fixed-clock.js';
import { recordBookings } from '../../support/data/past-bookings.js';
import { ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import { CITY_CENTRE, perHour } from '../../support/data/tariffs.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const scene = new ParkingScene();
const { clock, vpms, reserve } = scene;
const setTariff = (tariff: object) => scene.admin.setTariff(scene.lotId, tariff);

beforeEach(() => scene.newLot({ timeZone: 'Asia/Kolkata' }));

/** Books, releases after the given time, and returns the bodies of both responses. */
async function park(milliseconds: number) {
  const booked = await scene.driver.book(scene.lotId, { vehicle_number: 'DL 01 AB 1234' });
  clock.advance(milliseconds);
  const released = await scene.driver.release(booked.body.id);
  return { booked: booked.body, released: released.body };
}

describe('a booking in a lot with a tariff', () => {
  it('is charged by the version that applied when it was made', async () => {
    const { body: tariff } = await setTariff(CITY_CENTRE);
    const booked = await scene.driver.book(scene.lotId);
    expect(booked.body).toMatchObject({
      tariff_id: tariff.id,
      price_per_hour: 50,
      parking_cost: 0,
      cost_so_far: 0,
    });
    clock.advance(HOUR);
    await setTariff(perHour(999));
    clock.advance(2 * HOUR);
    expect((await scene.driver.activeBooking()).body).toMatchObject({
      cost_so_far: 130,
      parking_cost: 0,
      price: 999,
    });
    const released = await scene.driver.release(booked.body.id);
    // 4 × 20.00 for two hours and 50.00 for the third.
    expect(released.body).toMatchObject({ parking_cost: 130, cost: 130, cost_so_far: 130 });
    const { body: list } = await scene.driver.get('/api/user/bookings');
    expect(list).toMatchObject([{ tariff_id: tariff.id, parking_cost: 130, cost_so_far: 130 }]);
    expect(await scene.statistics()).toMatchObject({ totalSpent: 130 });
  });

  it('is free within the grace period', async () => {
    await setTariff(CITY_CENTRE);
    const { released } = await park(10 * MINUTE);
    expect(released).toMatchObject({ parking_cost: 0 });
    expect((await scene.driver.receipt(released.id)).body).toMatchObject({
      lines: [{ kind: 'grace', amount: 0 }],
      total: 0,
      tax: 0,
    });
  });
});

describe('a receipt', () => {
  it('has exactly the documented fields', async () => {
    const { body: tariff } = await setTariff(CITY_CENTRE);
    const { released } = await park(2.5 * HOUR);
    const { status, body, headers } = await scene.driver.receipt(released.id);
    expect(status).toBe(200);
    expect(headers.get('vary')).toContain('Accept');
    const middle = at(120);
    const left = at(150);
    expect(body).toEqual({
      number: `2026-${released.id}`,
      booking_id: released.id,
      driver: scene.driverAccount.username,
      lot_name: 'Central',
      address: '1 Main Street',
      spot_number: '1',
      vehicle_number: 'DL 01 AB 1234',
      issued_at: left,
      from: START,
      until: left,
      time_zone: 'Asia/Kolkata',
      currency: 'INR',
      lines: [
        {
          kind: 'units',
          rate: 'First two hours',
          from: START,
          until: middle,
          units: 4,
          per_minutes: 30,
          unit_price: 20,
          amount: 80,
        },
        {
          kind: 'units',
          rate: 'After that',
          from: middle,
          until: at(180),
          units: 1,
          per_minutes: 60,
          unit_price: 50,
          amount: 50,
        },
      ],
      total: 130,
      tax_percent: 18,
      // 130 × 18 / 118 = 19.830…
      tax: 19.83,
      tariff: { id: tariff.id, version: 1, name: 'City centre' },
    });
  });

  it('of a booking that did not take place has its fee, with the tax in it, and the moment of its end', async () => {
    await setTariff(CITY_CENTRE);
    const receipt = async (id: number) => (await scene.driver.receipt(id)).body;
    // Two hours cost 80: late cancelling costs half of it, a no-show all of it.
    const late = await reserve(30, 150);
    clock.advance(1);
    const { body: cancelled } = await scene.driver.cancel(late.id);
    expect(await receipt(late.id)).toMatchObject({
      issued_at: cancelled.cancelled_at,
      lines: [{ kind: 'fee', amount: 40 }],
      total: 40,
      // 40 × 18 / 118 = 6.101…
      tax: 6.1,
    });
    const missed = await reserve(120, 240);
    clock.advance(DAY);
    expect(await receipt(missed.id)).toMatchObject({
      // The booking ended 30 minutes after its start, although the program found it a day later.
      issued_at: new Date(Date.parse(missed.reserved_from) + HOUR / 2).toISOString(),
      lines: [{ kind: 'fee', amount: 80 }],
      total: 80,
      tax: 12.2,
    });
  });

  it('is the same byte for byte after every later change of the tariff', async () => {
    await setTariff(CITY_CENTRE);
    const { released } = await park(26 * HOUR);
    const first = await scene.driver.receipt(released.id);
    await setTariff(perHour(999));
    await scene.admin.updateLot(scene.lotId, { time_zone: 'America/New_York' });
    expect((await scene.driver.receipt(released.id)).text).toBe(first.text);
    await scene.admin.endTariff(scene.lotId);
    clock.advance(HOUR);
    expect((await scene.driver.receipt(released.id)).text).toBe(first.text);
  });

  it('of a lot without a tariff has one rate, the hourly price', async () => {
    const { released } = await park(HOUR + 1);
    expect((await scene.driver.receipt(released.id)).body).toMatchObject({
      lines: [{ kind: 'units', units: 2, per_minutes: 60, unit_price: 12.5, amount: 25 }],
      total: 25,
      tax_percent: 0,
      tax: 0,
      tariff: { id: null, version: null, name: 'Hourly price' },
    });
  });

  it('of an imported booking whose cost does not follow from its price has one line', async () => {
    const stay = { parkedAt: '2026-02-03T09:00:00Z', leftAt: '2026-02-03T10:00:00Z' };
    await recordBookings(vpms, [{ userId: scene.driverAccount.id, lotId: scene.lotId, ...stay }]);
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE reservations SET cost = 777 WHERE user_id = ${scene.driverAccount.id}`,
    );
    const [{ id }] = (await scene.driver.get('/api/user/bookings')).body;
    expect((await scene.driver.receipt(id)).body).toMatchObject({
      lines: [
        {
          kind: 'carried_over',
          rate: null,
          from: '2026-02-03T09:00:00.000Z',
          until: '2026-02-03T10:00:00.000Z',
          units: null,
          amount: 7.77,
        },
      ],
      total: 7.77,
    });
  });

  it('does not exist before the release, nor for another driver', async () => {
    const { body: booking } = await scene.driver.book(scene.lotId);
    expectProblem(await scene.driver.receipt(booking.id), '409 BOOKING_NOT_OVER');
    await scene.driver.release(booking.id);
    const other = await scene.newDriver();
    expectProblem(await other.receipt(booking.id), '404 BOOKING_NOT_FOUND');
  });

  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['text/html', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/html;q=0.5, application/json', 'application/json'],
    ['text/*, application/json;q=0.1', 'text/html'],
    ['image/png', 'application/json'],
    ['nonsense', 'application/json'],
  ])('with Accept %s is %s', async (accept, type) => {
    const { released } = await park(HOUR);
    const headers: Record<string, string> = accept === undefined ? {} : { accept };
    const response = await scene.driver.receipt(released.id, { headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(new RegExp(`^${type}`));
  });

  it('as a page escapes every name', async () => {
    const script = '<script>alert(1)</script>';
    await scene.admin.updateLot(scene.lotId, { prime_location_name: script, address: script });
    const rates = [{ name: script, per_minutes: 60, price: 1 }];
    await setTariff({ name: script, rates });
    const { body: booking } = await scene.driver.book(scene.lotId, { vehicle_number: '<b>X</b>' });
    await scene.driver.release(booking.id);
    const { text, headers } = await scene.driver.receipt(booking.id, {
      headers: { accept: 'text/html' },
    });
    expect(text).not.toMatch(/<script|<b>/);
    expect(text.match(/&lt;script&gt;/g)).toHaveLength(4);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('as a page adds up lines that do not fit on one sheet', async () => {
    await setTariff(CITY_CENTRE);
    const { released } = await park(60 * 24 * HOUR);
    const { body } = await scene.driver.receipt(released.id);
    expect(body.lines.length).toBeGreaterThan(100);
    const { text } = await scene.driver.receipt(released.id, { headers: { accept: 'text/html' } });
    expect(text.match(/<tr>/g)?.length).toBeLessThan(12);
    expect(text).toContain('Lines of the same kind are added up');
  });
});

describe('the receipt of a booking by the hourly price', () => {
  it('keeps the time zone that the lot had when the booking was made', async () => {
    const { booked } = await park(HOUR);
    const { text } = await scene.driver.receipt(booked.id);
    expect(JSON.parse(text)).toMatchObject({ time_zone: 'Asia/Kolkata', total: 12.5 });
    const change = (fields: object) => scene.admin.updateLot(scene.lotId, fields);
    expect((await change({ time_zone: 'Europe/Berlin' })).status).toBe(200);
    expect((await scene.driver.receipt(booked.id)).text).toBe(text);
    clock.advance(HOUR);
    const later = await park(HOUR);
    clock.advance(HOUR);
    expect((await change({ time_zone: 'America/New_York' })).status).toBe(200);
    expect((await scene.driver.receipt(later.booked.id)).body).toMatchObject({
      time_zone: 'Europe/Berlin',
    });
    expect((await scene.driver.receipt(booked.id)).text).toBe(text);
  });
});

describe('the receipt of a long stay', () => {
  // On PostgreSQL, waiting for the database would add turns of the event loop.
  it.skipIf(ON_POSTGRES)('is computed in many turns of the event loop', async () => {
    const two = (hour: number) => String(hour).padStart(2, '0');
    const windows = Array.from({ length: 19 }, (_, hour) => {
      const window = { from: `${two(hour)}:00`, until: `${two(hour)}:30` };
      return { name: `At ${hour}`, ...window, per_minutes: 1, price: 1 };
    });
    const rates = [...windows, { name: 'Else', per_minutes: 1, price: 2 }];
    const tariff = await setTariff({ name: 'Windows', rates });
    expect(tariff.status, tariff.text).toBe(200);
    const { booked } = await park(100 * DAY);
    let turns = 0;
    let isOver = false;
    const countTurn = () => {
      turns += 1;
      if (!isOver) setImmediate(countTurn);
    };
    countTurn();
    const receipts = vpms.app.get(ReceiptsService);
    const { charge } = await receipts.find(scene.driverAccount.id, booked.id);
    isOver = true;
    // About 3,800 changes of the rate; a pause follows each hundred of them.
    expect(charge.lines.length).toBeGreaterThan(3_700);
    expect(turns).toBeGreaterThan(30);
  });
});
