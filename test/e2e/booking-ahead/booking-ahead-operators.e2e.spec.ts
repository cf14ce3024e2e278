import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/platform/time/durations.js';
import { CapturedLog } from '../../support/app/captured-log.js';
import { CSV_HEADER, exportCsv } from '../../support/scenes/exports.js';
import { PrometheusText } from '../../support/http/prometheus-text.js';
import { at, START } from '../../support/app/fixed-clock.js';
import { expectProblem } from '../../support/http/problems.js';
import { ParkingScene } from '../../support/scenes/parking-scene.js';

const log = new CapturedLog();
const scene = new ParkingScene({ log });
const { clock, vpms, reserve, parkOther, newDriver, newLot, statistics } = scene;

const act = (id: number, action: string, body: object = { reason: 'By phone' }) =>
  scene.admin.post(`/api/admin/bookings/${id}/${action}`, { body });

const lastAudited = async (action: string) =>
  (await scene.admin.get(`/api/admin/audit-log?action=${action}&limit=1`)).body[0];

describe('an operator who acts for a driver', () => {
  it('checks in and releases by the rules of the driver, with the reason in the audit log', async () => {
    const { id } = await reserve(60, 120);
    expectProblem(await act(id, 'check-in'), '409 TOO_EARLY');
    clock.advance(60 * MINUTE);
    expect((await act(id, 'check-in')).body).toMatchObject({
      status: 'active',
      user_id: scene.driverAccount.id,
      parking_timestamp: at(60),
    });
    expect(await lastAudited('booking.checked-in')).toMatchObject({
      actor_name: scene.adminAccount.username,
      target_id: String(id),
      before: { status: 'reserved' },
      after: { status: 'active', parking_cost: 0, reason: 'By phone' },
    });
    expectProblem(await act(id, 'check-in'), '409 WRONG_STATUS');
    expectProblem(await act(id, 'cancel'), '409 WRONG_STATUS');
    clock.advance(90 * MINUTE);
    const released = await act(id, 'release');
    // The car leaves 30 minutes after the end, too late to be on time, so two hours are charged.
    expect(released.body).toMatchObject({ status: 'completed', parking_cost: 25 });
    expect(await lastAudited('booking.released')).toMatchObject({
      before: { status: 'active', parking_cost: 0 },
      after: { status: 'completed', parking_cost: 25, reason: 'By phone' },
    });
    expectProblem(await act(id, 'release'), '409 ALREADY_RELEASED');
  });

  it('cancels with the fee, or without it if it is waived', async () => {
    const [charged, waived] = [await reserve(60, 180), await newDriver()];
    await newLot();
    const other = await reserve(60, 180, {}, waived);
    clock.advance(1);
    expect((await act(charged.id, 'cancel')).body).toMatchObject({
      status: 'cancelled',
      parking_cost: 12.5,
      cancelled_at: new Date(Date.parse(START) + 1).toISOString(),
    });
    const body = { reason: 'Works in the lot', waive_fee: true };
    expect((await act(other.id, 'cancel', body)).body).toMatchObject({
      status: 'cancelled',
      parking_cost: 0,
    });
    expect(await lastAudited('booking.cancelled')).toMatchObject({
      target_id: String(other.id),
      before: { status: 'reserved', parking_cost: 0 },
      after: { status: 'cancelled', parking_cost: 0, reason: 'Works in the lot' },
    });
    expect((await waived.get('/api/user/stats')).body.totalSpent).toBe(0);
  });

  it('acts once if the request is repeated with its key', async () => {
    const { id } = await reserve(60, 120);
    clock.advance(60 * MINUTE);
    for (const action of ['check-in', 'release']) {
      const path = `/api/admin/bookings/${id}/${action}`;
      const send = () =>
        scene.admin.post(path, {
          body: { reason: 'By phone' },
          headers: { 'idempotency-key': `${action}-${id}` },
        });
      const first = await send();
      expect(first.status, first.text).toBe(200);
      const again = await send();
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
    const { body } = await scene.admin.get('/api/admin/audit-log?target_type=reservation');
    const actions = body
      .filter(({ target_id }: { target_id: string }) => target_id === String(id))
      .map(({ action }: { action: string }) => action);
    expect(actions).toEqual(['booking.released', 'booking.checked-in']);
  });

  it.each([
    ['check-in', {}, 'reason'],
    ['check-in', { reason: '' }, 'reason'],
    ['release', { reason: 'x'.repeat(501) }, 'reason'],
    ['cancel', { reason: 'x', waive_fee: 'yes' }, 'waive_fee'],
    ['release', { reason: 'x', waive_fee: true }, 'waive_fee'],
    ['check-in', { reason: 'x', waive_fee: true }, 'waive_fee'],
  ])('gets 400 for %s with %j', async (action, body, field) => {
    const { id } = await reserve(60, 120);
    expectProblem(await act(id, action, body), '400 VALIDATION_FAILED', [field]);
  });

  it.each(['check-in', 'release', 'cancel'])(
    'gets 404 for %s of a booking that does not exist, and drivers get 403',
    async (action) => {
      expectProblem(await act(999_999, action), '404 BOOKING_NOT_FOUND');
      const { id } = await reserve(60, 120);
      const path = `/api/admin/bookings/${id}/${action}`;
      const response = await scene.driver.post(path, { body: { reason: 'x' } });
      expectProblem(response, '403 ROLE_FORBIDDEN');
    },
  );
});

describe("the operators' list of bookings", () => {
  const ids = async (query: string): Promise<number[]> => {
    const { status, text, body } = await scene.admin.get(
      `/api/admin/bookings?lot_id=${scene.lotId}&${query}`,
    );
    expect(status, text).toBe(200);
    return body.map(({ id }: { id: number }) => id);
  };

  it('can be filtered by driver, status and time, and is returned in pages, latest start first', async () => {
    await newLot({ numberOfSpots: 5 });
    const other = await newDriver();
    const held = await reserve(120, 180, { hold: true }, other);
    const reserved = await reserve(60, 120);
    const cancelled = await reserve(240, 300);
    await scene.driver.cancel(cancelled.id);
    const parked = await parkOther();
    expect(await ids('')).toEqual([cancelled.id, held.id, reserved.id, parked.id]);
    expect(await ids(`user_id=${scene.driverAccount.id}`)).toEqual([cancelled.id, reserved.id]);
    expect(await ids('status=held')).toEqual([held.id]);
    expect(await ids('status=active')).toEqual([parked.id]);
    expect(await ids('status=cancelled')).toEqual([cancelled.id]);
    expect(await ids('status=held,reserved')).toEqual([held.id, reserved.id]);
    expect(await ids('status=at_risk')).toEqual([]);
    // [120, 240) excludes bookings that end at 120 or start at 240, and includes the parked car.
    expect(await ids(`from=${at(120)}&until=${at(240)}`)).toEqual([held.id, parked.id]);
    expect(await ids(`until=${at(60)}`)).toEqual([parked.id]);
    const empty = await scene.admin.get(`/api/admin/bookings?from=${at(60)}&until=${at(60)}`);
    expectProblem(empty, '400 VALIDATION_FAILED', ['until']);
    const first = await scene.admin.get(`/api/admin/bookings?lot_id=${scene.lotId}&limit=3`);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await scene.admin.get(next.replace(/^https?:\/\/[^/]+/, ''));
    expect(second.body.map(({ id }: { id: number }) => id)).toEqual([parked.id]);
    clock.advance(10 * MINUTE);
    expect(await ids('status=expired')).toEqual([held.id]);
    clock.advance(80 * MINUTE);
    expect(await ids('status=no_show')).toEqual([reserved.id]);
  });

  it('shows bookings at risk, which have no spot', async () => {
    const counted = async () => {
      const { text } = await vpms.http.get('/metrics');
      return new PrometheusText(text).value('vpms_bookings_at_risk') ?? 0;
    };
    const before = await counted();
    await parkOther();
    const { id } = await reserve(60, 120);
    clock.advance(60 * MINUTE);
    const { body } = await scene.admin.get(
      `/api/admin/bookings?lot_id=${scene.lotId}&status=at_risk`,
    );
    expect(body).toMatchObject([{ id, status: 'reserved', spot_id: null, spot_number: null }]);
    expect(await counted()).toBe(before + 1);
    const warning = `bookings at risk in lot ${scene.lotId}, because cars have stayed longer: ${id}`;
    expect(log.lines.filter((line) => line.includes(warning))).toHaveLength(1);
  });

  it.each(['status=lost', 'status=held,lost', 'user_id=x', 'from=yesterday', 'lot_id=0'])(
    'is refused with 400 for %s',
    async (query) => {
      expectProblem(
        await scene.admin.get(`/api/admin/bookings?${query}`),
        '400 VALIDATION_FAILED',
        [query.split('=')[0] ?? ''],
      );
    },
  );
});

describe('fees', () => {
  it('count in sums of money, while their bookings count in no list, export or number of stays', async () => {
    const stats = async () => (await scene.admin.get('/api/admin/stats')).body;
    const before = await stats();
    const missed = await reserve(60, 120);
    const late = await reserve(120, 180);
    clock.advance(61 * MINUTE);
    await scene.driver.cancel(late.id);
    clock.advance(60 * MINUTE);
    const fee = 12.5 + 6.25;
    expect(await statistics()).toMatchObject({
      totalBookings: 0,
      activeBookings: 0,
      upcomingBookings: 0,
      totalSpent: fee,
    });
    expect((await stats()).totalRevenue).toBe(before.totalRevenue + fee);
    const { body: users } = await scene.admin.get(
      `/api/admin/users?search=${scene.driverAccount.username}`,
    );
    expect(users).toMatchObject([{ total_bookings: 0, total_spent: fee }]);
    expect((await scene.driver.get('/api/user/bookings')).body).toEqual([]);
    const { body: activity } = await scene.admin.get('/api/admin/recent-activity?limit=100');
    const shown = activity.map(({ id }: { id: number }) => id);
    expect(shown).not.toContain(missed.id);
    expect(shown).not.toContain(late.id);
    const { text } = await exportCsv(vpms.http, scene.driverAccount.token);
    expect(text).toBe(CSV_HEADER);
  });
});
