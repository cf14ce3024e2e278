import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Analytics } from '../../../src/analytics/analytics.service.js';
import { AnalyticsNotReady } from '../../../src/analytics/errors.js';
import { HourlySums } from '../../../src/analytics/hours/hourly-sums.service.js';
import type { LotMetrics } from '../../../src/analytics/metrics.js';
import { PERIOD_KINDS, type PeriodKind } from '../../../src/analytics/lots/lot-periods.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { plainMetrics, type StoredBooking } from '../../support/checks/plain-analytics.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { ON_POSTGRES, queryDatabase } from '../../support/data/test-database.js';
import type { ApiClient } from '../../support/http/clients/api-client.js';

const SEQUENCES = ON_POSTGRES ? 15 : 40;
const DRIVERS = 5;
const ZONES = ['UTC', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Havana'];
const seed = Number(process.env['PROPERTY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const clock = new FixedClock();
const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
let admin: ApiClient;
let drivers: readonly TestAccount[];

beforeAll(async () => {
  drivers = await Promise.all(Array.from({ length: DRIVERS }, () => createMember(vpms)));
  admin = vpms.as(await createMember(vpms, 'admin'));
});

afterAll(() => {
  process.stdout.write(`The sequences repeat themselves with PROPERTY_SEED=${seed}\n`);
});

/** A lot of a sequence, with what the test has stored for it. */
interface ModelLot {
  readonly id: number;
  readonly createdAt: number;
  deletedAt: number;
  readonly spots: { since: number; numberOfSpots: number }[];
}

const now = () => clock.now().getTime();
const sql = <Row extends object>(text: string) => queryDatabase<Row>(vpms.dataDirectory, text);

const driver = fc.nat(DRIVERS - 1);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ action: fc.constant('park' as const), driver }) },
  { weight: 6, arbitrary: fc.record({ action: fc.constant('leave' as const), driver }) },
  {
    weight: 4,
    arbitrary: fc.record({
      action: fc.constant('reserve' as const),
      driver,
      minutes: fc.integer({ min: 1, max: 90 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('cancel' as const), driver }) },
  {
    weight: 8,
    arbitrary: fc.record({
      action: fc.constant('wait' as const),
      time: fc.oneof(
        fc.integer({ min: 1, max: 3 * HOUR }),
        fc.constantFrom(HOUR, 30 * MINUTE, 5 * HOUR, DAY, 4 * DAY),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      action: fc.constant('resize' as const),
      numberOfSpots: fc.integer({ min: 3, max: 9 }),
    }),
  },
  // As an offline gate reports it later.
  {
    weight: 2,
    arbitrary: fc.record({
      action: fc.constant('late' as const),
      driver,
      time: fc.integer({ min: 0, max: 3 * DAY }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ action: fc.constant('compare' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function perform(lot: ModelLot, chosen: Step): Promise<void> {
  switch (chosen.action) {
    case 'wait':
      clock.advance(chosen.time);
      return;
    case 'compare':
      await expectExact([lot]);
      return;
    case 'resize': {
      const { status } = await admin.updateLot(lot.id, { number_of_spots: chosen.numberOfSpots });
      if (status !== 200) return;
      if (lot.spots.at(-1)?.since === now()) lot.spots.pop();
      lot.spots.push({ since: now(), numberOfSpots: chosen.numberOfSpots });
      return;
    }
    default:
      await act(lot, chosen);
  }
}

async function act(
  lot: ModelLot,
  chosen: Exclude<Step, { action: 'wait' | 'compare' | 'resize' }>,
): Promise<void> {
  const account = drivers[chosen.driver];
  if (!account) throw new Error('no such driver');
  const api = vpms.as(account);
  const [active] = (await api.get('/api/user/bookings?status=active')).body;
  switch (chosen.action) {
    case 'park':
      await api.post('/api/user/book-parking', { body: { lot_id: lot.id } });
      return;
    case 'leave':
      if (active) await api.post(`/api/user/bookings/${active.id}/release`);
      return;
    case 'reserve': {
      const from = now() + chosen.minutes * MINUTE;
      const window = { from: new Date(from), until: new Date(from + 45 * MINUTE) };
      await api.post('/api/user/bookings', { body: { lot_id: lot.id, ...window } });
      return;
    }
    case 'cancel': {
      const [reserved] = (await api.get('/api/user/bookings?status=reserved')).body;
      if (reserved) await api.post(`/api/user/bookings/${reserved.id}/cancel`);
      return;
    }
    case 'late':
      if (!active) return;
      await sql(`UPDATE reservations SET parked_at = parked_at - ${chosen.time}
        WHERE id = ${active.id} AND parked_at - ${chosen.time} > ${lot.createdAt}`);
  }
}

/** Reads all analytics of the lots, and compares each row with the bookings. */
async function expectExact(lots: readonly ModelLot[]): Promise<void> {
  for (const lot of lots) {
    for (const by of PERIOD_KINDS) {
      const rows = await readAll(lot, by);
      const bookings = await sql<StoredBooking>(
        `SELECT * FROM reservations WHERE lot_id = ${lot.id}`,
      );
      const expected = rows.map(({ lotId, lotName, from, until }) => ({
        lotId,
        lotName,
        from,
        until,
        ...plainMetrics(bookings, lot, { from, until, now: now() }),
      }));
      expect(rows, `by ${by}`).toEqual(expected);
      expectAdjacent(rows, lot);
    }
  }
}

/** The periods cover the time from the creation until now, without gaps. */
function expectAdjacent(rows: readonly LotMetrics[], lot: ModelLot): void {
  expect(rows[0]?.from).toBeLessThanOrEqual(lot.createdAt);
  expect(rows.at(-1)?.until).toBeGreaterThan(Math.min(now(), lot.deletedAt - 1));
  for (const [index, row] of rows.entries()) {
    if (index > 0) expect(row.from).toBe(rows[index - 1]?.until);
  }
}

/** Tries again, as a client does, while the hours of the past take longer than a second. */
async function readAll(lot: ModelLot, by: PeriodKind): Promise<LotMetrics[]> {
  const day = (instant: number) => Math.floor(instant / DAY);
  const dates = { from: day(lot.createdAt) - 40, until: day(now()) + 40 };
  for (;;) {
    try {
      return await vpms.app.get(Analytics).all({ lotId: lot.id, dates, by });
    } catch (error) {
      if (!(error instanceof AnalyticsNotReady)) throw error;
    }
  }
}

async function newLot(timeZone: string): Promise<ModelLot> {
  const { id } = await createLot(vpms, { numberOfSpots: 3, timeZone });
  const createdAt = now();
  return {
    id,
    createdAt,
    deletedAt: Infinity,
    spots: [{ since: createdAt, numberOfSpots: 3 }],
  };
}

async function emptyLots(): Promise<void> {
  await sql(`UPDATE reservations SET status = 'completed', left_at = ${now()}, cost = 0,
    claim_from = NULL, claim_until = NULL WHERE status = 'active'`);
  clock.advance(30 * DAY);
}

it(
  'equals a plain computation over bookings after any sequence, on the hour, the day and the month',
  { timeout: 600_000 },
  async () => {
    const sequence = fc.array(step, { minLength: 10, maxLength: 60 });
    const property = fc.asyncProperty(
      sequence,
      fc.constantFrom(...ZONES),
      // Around changes of the clock, and in the middle of a month.
      fc.constantFrom('2026-10-30T20:11:00Z', '2026-04-03T09:00:00Z', '2026-03-06T23:59:59.999Z'),
      async (steps, zone, start) => {
        clock.set(start);
        const lot = await newLot(zone);
        for (const chosen of steps) await perform(lot, chosen);
        await expectExact([lot]);
        await emptyLots();
      },
    );
    await fc.assert(property, { numRuns: SEQUENCES, seed, endOnFailure: true });
  },
);

it(
  'equals it for an imported history of months, which is summed in batches while requests get 503',
  { timeout: 600_000 },
  async () => {
    clock.set('2026-11-02T10:20:00Z');
    const lot = await newLot('Asia/Kolkata');
    const createdAt = Date.parse('2026-03-10T07:00:00Z');
    await sql(`UPDATE lots SET created_at = ${createdAt} WHERE id = ${lot.id}`);
    await sql(`UPDATE spots SET created_at = ${createdAt} WHERE lot_id = ${lot.id}`);
    const imported = { ...lot, createdAt, spots: [{ since: createdAt, numberOfSpots: 3 }] };
    await expectExact([lot]);

    await insertHistory(lot, createdAt);
    const job = vpms.app.get(HourlySums);
    expect(await job.sumBatch(), 'more than one batch').toBe(true);
    while (await job.sumBatch());
    await expectExact([imported]);
  },
);

it('sums the hours of a lot again whose hours begin at half past, after an old change', async () => {
  clock.set('2026-11-10T08:00:00Z');
  const lot = await newLot('Asia/Kolkata');
  await storeStay(lot, ['2026-11-10T08:40:00Z', '2026-11-10T09:10:00Z']);
  clock.set('2026-11-14T12:00:00Z');
  await expectExact([lot]);
  // Between the start of its hour in UTC and in the zone of the lot.
  await storeStay(lot, ['2026-11-10T09:40:00Z', '2026-11-10T09:50:00Z']);
  await expectExact([lot]);
});

/** Stores a stay that is over, as an import does. */
async function storeStay(lot: ModelLot, times: readonly [string, string]): Promise<void> {
  const [spot] = await sql<{ id: number }>(`SELECT id FROM spots WHERE lot_id = ${lot.id}`);
  const [from, until] = times.map((time) => Date.parse(time));
  await sql(`INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at,
    price_per_hour, cost, created_at, updated_at) VALUES (${spot?.id}, ${lot.id},
    ${drivers[0]?.id}, 'completed', ${from}, ${until}, 1000, 1000, ${from}, ${until})`);
}

/** Stays of 40 minutes to some days on the first spot of the lot, as an import inserts them. */
async function insertHistory(lot: ModelLot, since: number): Promise<void> {
  const [spot] = await sql<{ id: number }>(`SELECT id FROM spots WHERE lot_id = ${lot.id}`);
  const rows: string[] = [];
  let at = since;
  for (let index = 0; index < 1_500 && at < now() - 5 * DAY; index += 1) {
    const leaves =
      at + 40 * MINUTE + (index % 97 === 0 ? 3 * DAY : (index * 7_919_011) % (4 * HOUR));
    rows.push(`(${spot?.id}, ${lot.id}, ${drivers[0]?.id}, 'completed', ${at}, ${leaves}, 1000,
      ${(index * 31) % 977}, ${at}, ${leaves})`);
    at = leaves + ((index * 104_729) % (12 * HOUR));
  }
  await sql(`INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at,
    price_per_hour, cost, created_at, updated_at) VALUES ${rows.join(', ')}`);
}

describe.runIf(ON_POSTGRES)('a late booking', () => {
  /** Stores a stay from 11:10 to 11:50 in a unit that commits after `work`. */
  async function storeStayAround(lot: ModelLot, work: () => Promise<unknown>): Promise<void> {
    const [spot] = await sql<{ id: number }>(`SELECT id FROM spots WHERE lot_id = ${lot.id}`);
    const [from, until] = [Date.parse('2026-11-02T11:10:00Z'), Date.parse('2026-11-02T11:50:00Z')];
    await vpms.app.get(TransactionRunner).run(async (tx) => {
      await tx.sql`
        INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at,
          price_per_hour, cost, created_at, updated_at)
        VALUES (${spot?.id ?? 0}, ${lot.id}, ${drivers[0]?.id ?? 0}, 'completed', ${from}, ${until},
          1000, 1000, ${from}, ${until})`;
      await work();
    });
  }
  const sumAll = async () => {
    while (await vpms.app.get(HourlySums).sumBatch());
  };

  it('is included if it is committed while its hour is being summed', async () => {
    clock.set('2026-11-02T10:20:00Z');
    const lot = await newLot('UTC');
    await expectExact([lot]);
    clock.set('2026-11-02T12:10:00Z');
    await storeStayAround(lot, sumAll);
    await expectExact([lot]);
  });

  it('is included if it is committed while the first hours are being summed', async () => {
    clock.set('2026-11-02T10:20:00Z');
    const lot = await newLot('UTC');
    clock.set('2026-11-02T12:10:00Z');
    await sql('DELETE FROM lot_hours');
    await sql('DELETE FROM lot_days');
    await sql('UPDATE summed_hours SET ends_at = 0');
    let summing: Promise<void> | undefined;
    await storeStayAround(lot, async () => {
      summing = sumAll();
      await sleep(500);
    });
    await summing;
    await expectExact([lot]);
  });
});

it('keeps what another instance has summed whose clock is ahead', async () => {
  clock.set('2026-11-02T10:20:00Z');
  const lot = await newLot('UTC');
  clock.set('2026-11-02T12:02:30Z');
  await expectExact([lot]);
  const summedUntil = () => sql<{ ends_at: number }>('SELECT ends_at FROM summed_hours');
  const before = await summedUntil();
  clock.set('2026-11-02T12:01:30Z');
  await expectExact([lot]);
  expect(await summedUntil()).toEqual(before);
});

it('counts a no-show without summing the hours of its window again', async () => {
  clock.set('2026-11-02T10:20:00Z');
  const lot = await newLot('UTC');
  const [account] = drivers;
  if (!account) throw new Error('There is a driver');
  const from = new Date(now() + 50 * MINUTE);
  const window = { from, until: new Date(from.getTime() + 2 * HOUR) };
  const reserved = await vpms.as(account).bookAhead({ lot_id: lot.id, ...window });
  expect(reserved.status, reserved.text).toBe(201);
  clock.set('2026-11-02T12:30:00Z');
  await expectExact([lot]);
  expect((await vpms.as(account).booking(reserved.body.id)).body.status).toBe('no_show');
});

it('uses the number of spots that was set after the clock was set back', async () => {
  clock.set('2026-11-02T12:00:00Z');
  const lot = await newLot('UTC');
  clock.set('2026-11-02T10:05:00Z');
  await admin.updateLot(lot.id, { number_of_spots: 6 });
  clock.set('2026-11-02T15:00:00Z');
  const account = drivers[1];
  if (!account) throw new Error('There is a driver');
  await vpms.as(account).park(lot.id);
  clock.advance(HOUR);
  const rows = await readAll(lot, 'hour');
  expect(rows.at(-2)).toMatchObject({ occupancy: 16.67 });
});
