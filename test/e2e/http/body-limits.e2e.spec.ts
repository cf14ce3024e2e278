import { beforeAll, describe, expect, it } from 'vitest';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember, createLot, type TestAccount } from '../../support/data/factories.js';
import { expectProblem } from '../../support/http/problems.js';

const vpms = useTestApp();
let driver: TestAccount;
let admin: TestAccount;
beforeAll(async () => {
  [driver, admin] = [await createMember(vpms), await createMember(vpms, 'admin')];
});

const login = (body: unknown) => vpms.http.post('/api/user/login', { body });
const credentials = { username: 'unknown', password: 'wrong password' };

function unknownFields(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]));
}

describe('a request body', () => {
  it('may have 100 fields and not one more', async () => {
    const allowed = await login({ ...credentials, ...unknownFields(98) });
    expectProblem(allowed, '400 VALIDATION_FAILED');
    expect(allowed.body.errors[0].field).toBe('f0');
    const refused = await login({ ...credentials, ...unknownFields(99) });
    expectProblem(refused, '400 VALIDATION_FAILED', ['body']);
    expect(refused.body.message).toBe('The body must have at most 100 fields');
  });

  it.each([
    ['values', '1'],
    ['objects', '{}'],
  ])('may have 500 %s and not one more', async (_, value) => {
    const nested = (count: number) => `{"username":[${Array(count).fill(value).join(',')}]}`;
    const send = (raw: string) =>
      vpms.http.post('/api/user/login', { raw, headers: { 'content-type': 'application/json' } });
    // The array itself counts towards the limit of objects and arrays.
    const most = value === '1' ? 500 : 499;
    expectProblem(await send(nested(most)), '400 VALIDATION_FAILED', ['username', 'password']);
    const refused = await send(nested(most + 1));
    expectProblem(refused, '400 VALIDATION_FAILED', ['body']);
    expect(refused.body.message).toBe('The body must have at most 500 values');
  });

  it('gets at most 20 errors and a message of at most 500 characters', async () => {
    const { body, text } = await login(unknownFields(100));
    expect(body.errors).toHaveLength(20);
    expect(body.errors.slice(0, 2).map(({ field }: { field: string }) => field)).toEqual([
      'username',
      'password',
    ]);
    expect(body.message).toHaveLength(500);
    expect(body.message).toMatch(/…$/);
    expect(body.detail).toBe(body.message);
    expect(text.length).toBeLessThan(5_000);
  });

  it.each(['x', 'é', '\u{1f600}'])(
    'gets a short response to a long field name of %j',
    async (unit) => {
      const name = unit.repeat(20_000);
      const { body, text } = await login({ ...credentials, [name]: 1 });
      expect(text.length).toBeLessThan(1_500);
      expect(name.startsWith(body.errors[0].field.slice(0, -1))).toBe(true);
    },
  );

  it('gets a short response to a long value of every field', async () => {
    const lot = await createLot(vpms);
    const long = 'x'.repeat(40_000);
    const requests = [
      login({ username: long, password: long }),
      vpms.http.post('/api/user/register', { body: { username: long, email: long, password: '' } }),
      vpms.as(driver).book(lot.id, { remarks: long }),
      vpms.http.post('/api/admin/jobs/daily-reminders/run', {
        token: admin.token,
        body: { period: long },
      }),
    ];
    for (const { text, status } of await Promise.all(requests)) {
      expect([400, 401]).toContain(status);
      expect(text.length).toBeLessThan(2_000);
    }
  });
});

describe('a request path', () => {
  it('gets a short response however long it is', async () => {
    const { status, body, text } = await vpms.http.get(`/api/${'x'.repeat(15_000)}`);
    expect(status).toBe(404);
    expect(body.message).toHaveLength(500);
    expect(body.instance).toHaveLength(500);
    expect(text.length).toBeLessThan(2_000);
  });
});

describe('the body null', () => {
  it('runs a job, as a request without a body does', async () => {
    const response = await vpms.http.post('/api/admin/jobs/daily-reminders/run', {
      token: admin.token,
      raw: 'null',
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status, response.text).toBe(202);
  });

  it('releases a booking', async () => {
    const lot = await createLot(vpms);
    const booked = await vpms.as(driver).book(lot.id);
    const response = await vpms.as(driver).release(booked.body.id, {
      raw: 'null',
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status, response.text).toBe(200);
  });
});
