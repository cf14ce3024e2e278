import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/platform/time/durations.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { CITY_CENTRE } from '../../support/data/tariffs.js';
import { expectProblem } from '../../support/http/problems.js';

/** A Monday. */
const START = '2026-03-02T09:00:00.000Z';

const clock = new FixedClock(START);
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let driver: TestAccount;
let lotId: number;

beforeEach(async () => {
  clock.set(START);
  driver = await createMember(vpms);
  lotId = (await createLot(vpms, { numberOfSpots: 1 })).id;
});

describe('a quote', () => {
  it('equals what the booking costs', async () => {
    const admin = await createMember(vpms, 'admin');
    const { body: tariff } = await vpms.as(admin).setTariff(lotId, CITY_CENTRE);
    const until = '2026-03-03T11:20:00.000Z';
    const { status, body } = await vpms.as(driver).quote({ lot_id: lotId, until });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      lot_id: lotId,
      available: true,
      from: START,
      until,
      time_zone: 'UTC',
      currency: 'INR',
      tax_percent: 18,
      tariff: { id: tariff.id, version: 1, name: 'City centre' },
    });
    const { body: booking } = await vpms.as(driver).book(lotId);
    clock.set(until);
    const released = await vpms.as(driver).release(booking.id);
    expect(released.body.parking_cost).toBe(body.total);
    const { lines } = (await vpms.as(driver).receipt(booking.id)).body;
    expect(lines).toEqual(body.lines);
  });

  it('uses the tariff that applies now, even if the stay begins later', async () => {
    const request = {
      lot_id: lotId,
      from: '2027-01-01T10:00:00+01:00',
      until: '2027-01-01T10:00:00Z',
    };
    expect((await vpms.as(driver).quote(request)).body).toMatchObject({
      from: '2027-01-01T09:00:00.000Z',
      total: 12.5,
      tariff: { id: null, version: null, name: 'Hourly price' },
    });
  });

  it('returns whether the lot has a free spot', async () => {
    await vpms.as(await createMember(vpms)).book(lotId);
    const request = { lot_id: lotId, until: '2026-03-02T10:00:00Z' };
    expect((await vpms.as(driver).quote(request)).body).toMatchObject({ available: false });
    const later = { ...request, from: '2026-03-02T10:00:00Z', until: '2026-03-02T12:00:00Z' };
    expect((await vpms.as(driver).quote(later)).body).toMatchObject({ available: true });
    const ahead = { lot_id: lotId, from: '2026-03-02T11:00:00Z', until: '2026-03-02T12:00:00Z' };
    await vpms.as(await createMember(vpms)).bookAhead(ahead);
    expect((await vpms.as(driver).quote(later)).body).toMatchObject({ available: false });
  });

  it('has at most 5,000 lines', async () => {
    const admin = await createMember(vpms, 'admin');
    await vpms.as(admin).setTariff(lotId, CITY_CENTRE);
    const year = { lot_id: lotId, from: START, until: '2027-03-02T09:00:00Z' };
    expect((await vpms.as(driver).quote(year)).status).toBe(200);
    const decade = await vpms.as(driver).quote({ ...year, until: '2036-03-02T09:00:00Z' });
    expectProblem(decade, '400 VALIDATION_FAILED');
    expect(decade.body.errors).toEqual([
      { field: 'until', message: expect.stringContaining('more than 5000 lines') },
    ]);
  });

  it('is replayed under its Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'quote' };
    const request = { lot_id: lotId, until: '2026-03-02T12:00:00Z' };
    const first = await vpms.as(driver).quote(request, { headers });
    clock.advance(HOUR);
    const second = await vpms.as(driver).quote(request, { headers });
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it.each([
    [{ until: '2026-03-02T08:59:59Z' }, 'until', 'until must not be before from'],
    [
      { from: '2026-03-02T09:00:00Z', until: '2036-03-03T09:00:00Z' },
      'until',
      'until must be at most 3653 days after from',
    ],
    [
      { from: '1969-12-31T23:59:59Z', until: '1970-01-01T01:00:00Z' },
      'from',
      'from must not be before 1970',
    ],
    [
      { from: '9999-12-31T22:00:00Z', until: '9999-12-31T23:59:00Z' },
      'until',
      'until must not be after the year 9998',
    ],
    [{ until: 'tomorrow' }, 'until', expect.stringContaining('until must be an instant')],
    [
      { until: '2026-03-02T10:00:00' },
      'until',
      expect.stringContaining('until must be an instant'),
    ],
    [{}, 'until', expect.stringContaining('until must be an instant')],
    [
      { until: '2026-03-02T10:00:00Z', from: null },
      'from',
      expect.stringContaining('from must be an instant'),
    ],
  ])('refuses %j', async (fields, field, message) => {
    const response = await vpms.as(driver).quote({ lot_id: lotId, ...fields });
    expectProblem(response, '400 VALIDATION_FAILED');
    expect(response.body.errors).toEqual([{ field, message }]);
  });
});
