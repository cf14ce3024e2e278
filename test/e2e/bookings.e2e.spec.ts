import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FixedClock } from '../support/fixed-clock.js';
import { createLot, createMember } from '../support/factories.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('bookings', () => {
  const clock = new FixedClock();
  let vpms: TestApp;

  beforeAll(async () => {
    vpms = await startTestApp({ clock });
  });
  afterAll(() => vpms[Symbol.asyncDispose]());

  it('books the lowest free spot and charges each started hour', async () => {
    const lot = await createLot(vpms);
    const { token } = await createMember(vpms);
    const booked = await vpms.http.post('/api/user/book-parking', {
      token,
      body: { lot_id: lot.id, vehicle_number: 'DL 01' },
    });
    expect(booked.status).toBe(201);
    expect(booked.body).toMatchObject({ spot_number: '1', status: 'active', parking_cost: 0 });
    clock.advance(3_600_001);
    const released = await vpms.http.post(`/api/user/bookings/${booked.body.id}/release`, {
      token,
    });
    expect(released.status).toBe(200);
    expect(released.body).toMatchObject({ status: 'completed', cost: 25, parking_cost: 25 });
  });
});
