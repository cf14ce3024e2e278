import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useTestApp } from '../../support/app/test-app.js';
import { createMember, type TestAccount } from '../../support/data/factories.js';
import { countRows } from '../../support/data/test-database.js';
import { expectProblem } from '../../support/http/problems.js';
import { CITY_CENTRE } from '../../support/data/tariffs.js';
import { changedRate } from '../../support/tariffs/changed-tariffs.js';

const PATH = '/api/admin/tariffs/preview';
// A Monday.
const MORNING = { from: '2026-03-02T09:00:00+05:30', until: '2026-03-02T12:30:00+05:30' };
const TEN_YEARS = { from: '2026-03-02T00:00:00Z', until: '2036-03-02T00:00:00Z' };
const MINUTE_RATE = { name: 'Minute', rates: [{ name: 'Minute', per_minutes: 1, price: 1 }] };

/** Changes its rate 38 times a day. */
const RESTLESS = {
  name: 'Restless',
  rates: [
    ...Array.from({ length: 19 }, (_, index) => {
      const hour = String(index).padStart(2, '0');
      return { name: hour, from: `${hour}:00`, until: `${hour}:30`, per_minutes: 1, price: 1 };
    }),
    ...MINUTE_RATE.rates,
  ],
};

describe('POST /api/admin/tariffs/preview', () => {
  const vpms = useTestApp({ environment: { CURRENCY: 'INR', TIMEZONE: 'Asia/Kolkata' } });
  let admin: TestAccount;

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
  });

  const preview = (body: unknown, headers: Record<string, string> = {}) =>
    vpms.http.post(PATH, { token: admin.token, body, headers });
  const refusedPaths = async (fields: object) => {
    const response = await preview({ tariff: CITY_CENTRE, stays: [MORNING], ...fields });
    expectProblem(response, '400 VALIDATION_FAILED');
    return response.body.errors.map(({ field }: { field: string }) => field);
  };

  it('returns what each stay would cost, in order', async () => {
    const grace = { from: '2026-03-02T03:30:00.000Z', until: '2026-03-02T03:40:00.000Z' };
    const response = await preview({ tariff: CITY_CENTRE, stays: [MORNING, grace] });
    expect(response.status, response.text).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const common = { time_zone: 'Asia/Kolkata', currency: 'INR', tax_percent: 18 };
    const tariff = { id: null, version: null, name: 'City centre' };
    const line = { kind: 'units', rate: 'First two hours' };
    expect(response.body).toEqual([
      {
        ...common,
        from: '2026-03-02T03:30:00.000Z',
        until: '2026-03-02T07:00:00.000Z',
        lines: [
          {
            ...line,
            from: '2026-03-02T03:30:00.000Z',
            until: '2026-03-02T05:30:00.000Z',
            units: 4,
            per_minutes: 30,
            unit_price: 20,
            amount: 80,
          },
          {
            ...line,
            rate: 'After that',
            from: '2026-03-02T05:30:00.000Z',
            until: '2026-03-02T07:30:00.000Z',
            units: 2,
            per_minutes: 60,
            unit_price: 50,
            amount: 100,
          },
        ],
        total: 180,
        // 180 x 18 / 118 = 27.457…
        tax: 27.46,
        tariff,
      },
      {
        ...common,
        ...grace,
        lines: [
          {
            kind: 'grace',
            rate: null,
            ...grace,
            units: null,
            per_minutes: null,
            unit_price: null,
            amount: 0,
          },
        ],
        total: 0,
        tax: 0,
        tariff,
      },
    ]);
  });

  it('interprets times of day in the given zone', async () => {
    const stays = [{ from: '2026-03-02T19:00:00Z', until: '2026-03-02T20:00:00Z' }];
    const inZone = async (time_zone: string) => {
      const { body } = await preview({ tariff: CITY_CENTRE, stays, time_zone });
      return [body[0].time_zone, body[0].lines[0].rate];
    };
    expect(await inZone('UTC')).toEqual(['UTC', 'Evening']);
    expect(await inZone('America/New_York')).toEqual(['America/New_York', 'First two hours']);
  });

  it.each([
    [{ stays: [] }, ['stays']],
    [{ stays: undefined }, ['stays']],
    [{ stays: MORNING }, ['stays']],
    [{ stays: Array.from({ length: 101 }, () => MORNING) }, ['stays']],
    [{ stays: [MORNING, null] }, ['stays[1]']],
    [{ stays: [{ from: MORNING.from }] }, ['stays[0].until']],
    [{ stays: [MORNING, { ...MORNING, until: MORNING.from.slice(0, 16) }] }, ['stays[1].until']],
    [{ stays: [{ ...MORNING, from: '2026-02-30T00:00:00Z' }] }, ['stays[0].from']],
    [{ stays: [{ ...MORNING, until: 1_772_400_000_000 }] }, ['stays[0].until']],
    [{ stays: [{ from: MORNING.until, until: MORNING.from }] }, ['stays[0].until']],
    [{ stays: [{ ...MORNING, x: 1 }] }, ['stays[0].x']],
    [{ stays: [{ ...MORNING, until: '2036-03-04T03:30:00.001Z' }] }, ['stays[0].until']],
    [{ stays: [{ ...MORNING, from: '1969-12-31T23:59:59.999Z' }] }, ['stays[0].from']],
    [
      { stays: [{ from: '9998-12-31T00:00:00Z', until: '9999-01-01T00:00:00.001Z' }] },
      ['stays[0].until'],
    ],
    [{ time_zone: 'Mars/Base' }, ['time_zone']],
    [{ time_zone: '+05:30' }, ['time_zone']],
    [{ time_zone: '' }, ['time_zone']],
    [{ time_zone: null }, ['time_zone']],
    [{ time_zone: 5.5 }, ['time_zone']],
    [{ time_zone: 'x'.repeat(10_000) }, ['time_zone']],
    [{ valid_from: MORNING.from }, ['valid_from']],
    [{ tariff: undefined }, ['tariff']],
  ])('refuses %j', async (fields, paths) => {
    expect(await refusedPaths(fields)).toEqual(paths);
  });

  it('accepts the longest stay and the first and last years', async () => {
    const stays = [
      { from: '2026-03-02T03:30:00Z', until: '2036-03-02T03:30:00Z' },
      { from: '1970-01-01T00:00:00Z', until: '1970-01-01T00:00:00Z' },
      { from: '9998-12-31T00:00:00Z', until: '9999-01-01T00:00:00Z' },
    ];
    const { status, text, body } = await preview({ tariff: MINUTE_RATE, stays });
    expect(status, text.slice(0, 500)).toBe(200);
    expect(body.map(({ total }: { total: number }) => total)).toEqual([3653 * 1440, 1, 1440]);
  });

  it('accepts a rate with 366 dates', async () => {
    const dates = Array.from({ length: 366 }, (_, day) =>
      new Date(Date.UTC(2028, 0, 1 + day)).toISOString().slice(0, 10),
    );
    const stays = [{ from: '2028-12-31T03:00:00+05:30', until: '2028-12-31T03:30:00+05:30' }];
    const { status, text, body } = await preview({ tariff: changedRate(0, { dates }), stays });
    expect(status, text.slice(0, 500)).toBe(200);
    expect(body[0].lines[0].rate).toBe('Sunday');
  });

  describe('with long stays', () => {
    it('returns all lines, however many a stay has', async () => {
      const { status, body } = await preview({ tariff: CITY_CENTRE, stays: [TEN_YEARS] });
      expect(status).toBe(200);
      const [{ lines, total }] = body;
      expect(lines.length).toBeGreaterThan(10_000);
      expect(lines.reduce((all: number, { amount }: { amount: number }) => all + amount, 0)).toBe(
        total,
      );
      for (const [index, line] of lines.entries()) {
        if (index > 0 && line.kind !== 'cap') expect(line.from).toBe(lines[index - 1].until);
      }
    });

    it('refuses the stay that, with those before it, has too many lines', async () => {
      const stays = [MORNING, TEN_YEARS];
      expect(await refusedPaths({ tariff: RESTLESS, stays })).toEqual(['stays[1]']);
      const long = [TEN_YEARS, TEN_YEARS, TEN_YEARS];
      expect(await refusedPaths({ stays: long })).toEqual(['stays[1]']);
    });

    it('lets other work run between stays', async () => {
      let [turns, isRunning] = [0, true];
      const count = () => {
        turns += 1;
        if (isRunning) setImmediate(count);
      };
      setImmediate(count);
      const stays = Array.from({ length: 100 }, () => TEN_YEARS);
      const { status, body } = await preview({ tariff: MINUTE_RATE, stays });
      isRunning = false;
      expect(status).toBe(200);
      expect(body).toHaveLength(100);
      expect(turns).toBeGreaterThan(100);
    });
  });

  describe('with an Idempotency-Key', () => {
    let number = 0;
    let headers: Record<string, string>;

    beforeEach(() => {
      number += 1;
      headers = { 'idempotency-key': `preview-${number}` };
    });

    it('returns the same response again', async () => {
      const body = { tariff: CITY_CENTRE, stays: [MORNING] };
      const first = await preview(body, headers);
      const again = await preview({ stays: [MORNING], tariff: CITY_CENTRE }, headers);
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    });

    it('refuses a body that differs in a nested value', async () => {
      expect((await preview({ tariff: CITY_CENTRE, stays: [MORNING] }, headers)).status).toBe(200);
      const other = { tariff: changedRate(3, { price: 51 }), stays: [MORNING] };
      expectProblem(await preview(other, headers), '422 IDEMPOTENCY_KEY_REUSED');
    });
  });

  it('stores nothing', async () => {
    const tables = ['audit_log', 'idempotency_records', 'lots'];
    const counts = () => Promise.all(tables.map((table) => countRows(vpms.dataDirectory, table)));
    const before = await counts();
    expect((await preview({ tariff: CITY_CENTRE, stays: [MORNING] })).status).toBe(200);
    expect(await counts()).toEqual(before);
  });
});
