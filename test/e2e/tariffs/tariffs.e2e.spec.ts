import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import { at, START } from '../../support/app/fixed-clock.js';
import { violationsOf } from '../../support/checks/violations.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { CITY_CENTRE, perHour } from '../../support/data/tariffs.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const TOMORROW = at(24 * 60);
const LATER = at(48 * 60);

const scene = new ParkingScene();
const { clock, vpms } = scene;

const setTariff = (tariff: object) => scene.admin.setTariff(scene.lotId, tariff);
const versions = async () => (await scene.admin.tariffs(scene.lotId)).body;
/** The entries about the lot's tariffs, newest first. */
const auditEntries = async () => {
  const { body } = await scene.admin.get('/api/admin/audit-log?target_type=lot');
  return body.filter(
    ({ target_id, action }: { target_id: string; action: string }) =>
      target_id === String(scene.lotId) && action.startsWith('tariff'),
  );
};
const current = async () => (await scene.driver.currentTariff(scene.lotId)).body;

describe('a tariff', () => {
  it('is returned with its version, its defaults and the zone of the lot', async () => {
    const { status, body } = await setTariff(CITY_CENTRE);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.any(Number),
      version: 1,
      lot_id: scene.lotId,
      valid_from: START,
      replaced_at: null,
      time_zone: 'UTC',
      ...CITY_CENTRE,
    });
    expect(await versions()).toEqual([body]);
    expect(await current()).toEqual({ ...body, summary: expect.any(Array) });
  });

  it('that is set for now replaces the current version, which keeps its content', async () => {
    await setTariff(perHour(10));
    clock.advance(HOUR);
    await setTariff(perHour(20));
    const replaced = at(60);
    expect(await versions()).toMatchObject([
      { version: 2, valid_from: replaced, replaced_at: null, rates: [{ price: 20 }] },
      { version: 1, valid_from: START, replaced_at: replaced, rates: [{ price: 10 }] },
    ]);
    expect(await current()).toMatchObject({ version: 2 });
  });

  it('that is valid from later is pending until then', async () => {
    await setTariff(perHour(10));
    await setTariff({ ...perHour(20), valid_from: TOMORROW });
    expect(await versions()).toMatchObject([
      { version: 2, valid_from: TOMORROW, replaced_at: null },
      { version: 1, replaced_at: TOMORROW },
    ]);
    clock.advance(DAY - 1);
    expect(await current()).toMatchObject({ version: 1 });
    expect(
      (await scene.driver.quote({ lot_id: scene.lotId, until: LATER })).body.tariff.version,
    ).toBe(1);
    clock.advance(1);
    expect(await current()).toMatchObject({ version: 2 });
    expect(
      (await scene.driver.quote({ lot_id: scene.lotId, until: LATER })).body.tariff.version,
    ).toBe(2);
  });

  it('that is pending replaces the former pending one, whose number is not used again', async () => {
    await setTariff({ ...perHour(20), valid_from: TOMORROW });
    await setTariff({ ...perHour(30), valid_from: LATER });
    expect(await versions()).toMatchObject([{ version: 2, valid_from: LATER }]);
    await setTariff({ ...perHour(40), valid_from: TOMORROW });
    expect(await versions()).toMatchObject([{ version: 3, valid_from: TOMORROW }]);
    clock.set(LATER);
    expect(await current()).toMatchObject({ version: 3 });
    expect(await violationsOf(vpms)).toEqual({});
  });

  it('that is set for now keeps the pending one', async () => {
    await setTariff({ ...perHour(20), valid_from: TOMORROW });
    await setTariff(perHour(10));
    expect(await versions()).toMatchObject([
      { version: 2, replaced_at: TOMORROW },
      { version: 1, valid_from: TOMORROW, replaced_at: null },
    ]);
    clock.set(TOMORROW);
    expect(await current()).toMatchObject({ version: 1 });
  });

  it('that already applies, or is already pending for that time, creates no version', async () => {
    const first = await setTariff(CITY_CENTRE);
    clock.advance(HOUR);
    expect((await setTariff(CITY_CENTRE)).body).toEqual(first.body);
    const pending = { ...perHour(20), valid_from: TOMORROW };
    const second = await setTariff(pending);
    expect((await setTariff(pending)).body).toEqual(second.body);
    expect(await versions()).toHaveLength(2);
    // The current tariff differs from the pending one, so setting it for that time is a change.
    await setTariff({ ...CITY_CENTRE, valid_from: TOMORROW });
    expect(await versions()).toMatchObject([{ version: 3 }, { version: 1 }]);
  });

  it('accepts the current instant of a client whose clock is a little slow, and no other past one', async () => {
    const late = await setTariff({ ...perHour(10), valid_from: at(-0.5) });
    expect(late.body).toMatchObject({ valid_from: START });
    const past = await setTariff({ ...perHour(20), valid_from: at(-2) });
    expectProblem(past, '400 VALIDATION_FAILED');
    expect(past.body.errors).toEqual([
      { field: 'valid_from', message: 'valid_from must not be in the past' },
    ]);
  });

  it('keeps the zone that the lot had when it was set', async () => {
    await scene.admin.updateLot(scene.lotId, { time_zone: 'Asia/Kolkata' });
    await setTariff(perHour(10));
    await scene.admin.updateLot(scene.lotId, { time_zone: 'Europe/Berlin' });
    expect(await current()).toMatchObject({ version: 1, time_zone: 'Asia/Kolkata' });
    clock.advance(1);
    await setTariff(perHour(10));
    expect(await current()).toMatchObject({ version: 2, time_zone: 'Europe/Berlin' });
  });

  it('ends with the pending one when it is deleted, and the hourly price applies again', async () => {
    await setTariff(perHour(10));
    await setTariff({ ...perHour(20), valid_from: TOMORROW });
    clock.advance(HOUR);
    expect((await scene.admin.endTariff(scene.lotId)).status).toBe(204);
    const ended = at(60);
    expect(await versions()).toMatchObject([{ version: 1, replaced_at: ended }]);
    clock.set(LATER);
    expect(await current()).toMatchObject({
      id: null,
      version: null,
      valid_from: null,
      name: 'Hourly price',
      rates: [{ per_minutes: 60, price: 12.5 }],
    });
    expect((await scene.admin.endTariff(scene.lotId)).status).toBe(204);
    await setTariff(perHour(30));
    expect(await current()).toMatchObject({ version: 3 });
  });

  it('is listed page by page', async () => {
    for (const price of [1, 2, 3]) {
      await setTariff(perHour(price));
      clock.advance(1);
    }
    const first = await scene.admin.tariffs(scene.lotId, '?limit=2');
    expect(first.body).toMatchObject([{ version: 3 }, { version: 2 }]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const { pathname, search } = new URL(next, vpms.http.url);
    expect((await scene.admin.get(pathname + search)).body).toMatchObject([{ version: 1 }]);
  });

  it('requires a lot that is not deleted', async () => {
    const requests = [
      scene.admin.setTariff(999_999, CITY_CENTRE),
      scene.admin.tariffs(999_999),
      scene.admin.endTariff(999_999),
      scene.driver.currentTariff(999_999),
      scene.driver.quote({ lot_id: 999_999, until: LATER }),
    ];
    for (const response of await Promise.all(requests)) {
      expectProblem(response, '404 LOT_NOT_FOUND');
    }
  });

  it('that a later version of the program has stored is not charged by this one', async () => {
    await setTariff(perHour(10));
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE tariffs SET content = '{"v":2}' WHERE lot_id = ${scene.lotId}`,
    );
    expectProblem(await scene.driver.currentTariff(scene.lotId), '503 STORED_BY_LATER_VERSION');
    expectProblem(await scene.driver.book(scene.lotId), '503 STORED_BY_LATER_VERSION');
    expect((await scene.driver.activeBooking()).body).toBeNull();
  });

  it('is audited with the versions before and after, in the names of the API', async () => {
    await setTariff(perHour(10));
    clock.advance(1);
    await setTariff(perHour(20));
    clock.advance(1);
    await scene.admin.endTariff(scene.lotId);
    expect(await auditEntries()).toMatchObject([
      {
        action: 'tariff.ended',
        actor_name: scene.adminAccount.username,
        before: { tariff: { version: 2, rates: [{ price: 20 }] }, pending_tariff: null },
        after: { tariff: null, pending_tariff: null },
      },
      {
        action: 'tariff.set',
        before: { tariff: { version: 1 } },
        after: { tariff: { version: 2 } },
      },
      { action: 'tariff.set', before: { tariff: null }, after: { tariff: { version: 1 } } },
    ]);
  });

  it('is audited with the end that a pending version gives to the current one', async () => {
    await setTariff(perHour(10));
    await setTariff({ ...perHour(20), valid_from: TOMORROW });
    expect((await auditEntries()).slice(0, 1)).toMatchObject([
      {
        before: { tariff: { version: 1, replaced_at: null }, pending_tariff: null },
        after: {
          tariff: { version: 1, replaced_at: TOMORROW },
          pending_tariff: { version: 2, valid_from: TOMORROW },
        },
      },
    ]);
  });

  it('has at most one pending version even after the clock was set back', async () => {
    const ahead = async () => {
      clock.advance(HOUR);
      await setTariff(perHour(10));
      clock.advance(MINUTE);
      await setTariff(perHour(20));
      clock.set(START);
    };
    await ahead();
    await setTariff({ ...perHour(30), valid_from: TOMORROW });
    expect(await versions()).toMatchObject([{ version: 3, valid_from: TOMORROW }]);
    await ahead();
    expect((await scene.admin.endTariff(scene.lotId)).status).toBe(204);
    expect(await versions()).toEqual([]);
    clock.set(TOMORROW);
    expect((await scene.driver.book(scene.lotId)).body).toMatchObject({ tariff_id: null });
  });
});
