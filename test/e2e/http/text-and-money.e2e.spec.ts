import { beforeAll, describe, expect, it } from 'vitest';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import type { HttpResponse } from '../../support/http/clients/http-client.js';
import { expectProblem } from '../../support/http/problems.js';
import { type TestApp, useTestApp } from '../../support/app/test-app.js';

const LOT = {
  prime_location_name: 'Central',
  address: '1 Main Street',
  pin_code: '110001',
  price: 12.5,
  number_of_spots: 3,
};

function createIn(vpms: TestApp, admin: TestAccount, fields: object): Promise<HttpResponse> {
  const body = { ...LOT, ...fields };
  return vpms.http.post('/api/admin/parking-lots', { token: admin.token, body });
}

describe('a text field', () => {
  const vpms = useTestApp();
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  const KEPT = [
    '  untrimmed\t',
    'a\tb\r\nc',
    'Ünïcödé, 東京, हिन्दी',
    'مواقف السيارات',
    '👩‍👩‍👧 🅿️',
    'e\u0301 is not \u00e9',
    '\u202ereversed\u202c',
    "'; DROP TABLE lots; --",
    '<b>&amp;</b> \\ "quoted" %s ${x}',
    '\ufeffwith a mark',
    'null',
  ];

  it.each(KEPT)('is stored as sent: %j', async (text) => {
    const created = await createIn(vpms, admin, { prime_location_name: text, address: text });
    expect(created.status, created.text).toBe(201);
    const lots = await vpms.http.get('/api/admin/parking-lots', { token: admin.token });
    expect(lots.body.at(-1)).toMatchObject({ prime_location_name: text, address: text });
  });

  it.each(KEPT)('of a booking is stored as sent: %j', async (remarks) => {
    const { id } = await createLot(vpms);
    const { token } = await createMember(vpms);
    const fields = { remarks, vehicle_number: remarks.slice(0, 20) };
    const booked = await vpms.as({ token }).book(id, fields);
    expect(booked.body).toMatchObject(fields);
    const active = await vpms.as({ token }).activeBooking();
    expect(active.body).toEqual(booked.body);
  });

  it.each(['\0', 'a\0b', '\u0001', '\u001b[31m', '\u007f', '\u0085', '\b', '\f', '\v'])(
    'refuses the control character in %j',
    async (text) => {
      const response = await createIn(vpms, admin, { prime_location_name: text, address: text });
      expectProblem(response, '400 VALIDATION_FAILED', ['address', 'prime_location_name']);
    },
  );

  it.each([String.raw`\ud800`, String.raw`a\udc00b`, String.raw`\udc00\ud800`])(
    'refuses the lone surrogate %s',
    async (escape) => {
      const raw = JSON.stringify(LOT).replace('1 Main Street', escape);
      const response = await vpms.http.post('/api/admin/parking-lots', {
        token: admin.token,
        raw,
        headers: { 'content-type': 'application/json' },
      });
      expectProblem(response, '400 VALIDATION_FAILED', ['address']);
    },
  );

  it.each(['', ' ', '\t\r\n ', '\u00a0', '\u3000\u2003'])(
    'is refused if it is empty: %j',
    async (text) => {
      const response = await createIn(vpms, admin, { prime_location_name: text, address: text });
      expectProblem(response, '400 VALIDATION_FAILED', ['address', 'prime_location_name']);
    },
  );

  it.each([
    ['prime_location_name', 200],
    ['address', 500],
  ])('%s accepts at most %i characters, an emoji counting as one', async (field, max) => {
    for (const character of ['a', '🚗', '東']) {
      const fits = await createIn(vpms, admin, { [field]: character.repeat(max) });
      expect(fits.status).toBe(201);
      expect(fits.body[field]).toBe(character.repeat(max));
      const response = await createIn(vpms, admin, { [field]: character.repeat(max + 1) });
      expectProblem(response, '400 VALIDATION_FAILED', [field]);
    }
  });

  it.each([
    ['vehicle_number', 20],
    ['remarks', 500],
  ])('%s of a booking accepts at most %i characters, and may be empty', async (field, max) => {
    const { id } = await createLot(vpms);
    for (const text of ['🚗'.repeat(max), '', ' ']) {
      const { token } = await createMember(vpms);
      const booked = await vpms.as({ token }).book(id, { [field]: text });
      expect(booked.status).toBe(201);
      expect(booked.body[field]).toBe(text);
    }
    const { token } = await createMember(vpms);
    for (const text of ['🚗'.repeat(max + 1), 'a\0', '\ud800']) {
      const response = await vpms.as({ token }).book(id, { [field]: text });
      expectProblem(response, '400 VALIDATION_FAILED', [field]);
    }
  });

  it.each(['abc', '110001', 'SW1A 1AA', '12345-6789', 'a-b'])(
    'accepts %s as a pin code',
    async (pin) => {
      const created = await createIn(vpms, admin, { pin_code: pin });
      expect(created.body.pin_code).toBe(pin);
    },
  );

  it.each(['ab', '   ', '12345678901', '12_34', '12\t34', '१२३४', '', '110001\n', 'a.b.c'])(
    'refuses %j as a pin code',
    async (pin) => {
      const response = await createIn(vpms, admin, { pin_code: pin });
      expectProblem(response, '400 VALIDATION_FAILED', ['pin_code']);
    },
  );
});

describe.each([
  ['INR', [0, 12.5, 16.1, 0.07, 1e-2, 40, 999_999.99, 1_000_000], [12.345, 0.001, 1e-7]],
  ['JPY', [0, 40, 1_000_000], [12.5, 0.1, 1e-7]],
  ['KWD', [0.001, 12.345, 1.1, 999_999.999], [0.0001, 12.3456]],
])('money in %s', (currency, exact, tooFine) => {
  const vpms = useTestApp({ environment: { CURRENCY: currency } });
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  it.each(exact)('is stored and charged exactly: %d', async (price) => {
    const created = await createIn(vpms, admin, { price });
    expect(created.status).toBe(201);
    expect(created.text).toContain(`"price":${price},`);
    const { token } = await createMember(vpms);
    const booked = await vpms.as({ token }).book(created.body.id);
    const released = await vpms.as({ token }).release(booked.body.id);
    expect(released.body).toMatchObject({ cost: price, parking_cost: price, price });
    const stats = await vpms.http.get('/api/user/stats', { token });
    expect(stats.text).toContain(`"totalSpent":${price},`);
  });

  it.each([...tooFine, -0.01, -1, 1_000_000.01, 1_000_001, 1e300])(
    'is refused if it is %d',
    async (price) => {
      expectProblem(await createIn(vpms, admin, { price }), '400 VALIDATION_FAILED', ['price']);
      const { id } = await createLot(vpms);
      const response = await vpms.http.put(`/api/admin/parking-lots/${id}`, {
        token: admin.token,
        body: { price },
      });
      expectProblem(response, '400 VALIDATION_FAILED', ['price']);
    },
  );

  it('is summed without binary rounding errors', async () => {
    const { token } = await createMember(vpms);
    const [price = 0] = exact.slice(1);
    const created = await createIn(vpms, admin, { price });
    for (let time = 0; time < 3; time += 1) {
      const booked = await vpms.as({ token }).book(created.body.id);
      await vpms.as({ token }).release(booked.body.id);
    }
    const stats = await vpms.http.get('/api/user/stats', { token });
    expect(stats.body.totalSpent).toBe(Number((price * 3).toFixed(3)));
  });
});
