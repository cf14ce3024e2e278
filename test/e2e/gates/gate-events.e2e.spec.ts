import { beforeAll, describe, expect, it } from 'vitest';
import { FixedClock, START } from '../../support/app/fixed-clock.js';
import { useTestApp } from '../../support/app/test-app.js';
import { auditRows } from '../../support/data/audit-rows.js';
import {
  createGate,
  createLot,
  createMember,
  PASSWORD,
  type TestAccount,
  type TestGate,
} from '../../support/data/factories.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import { queryDatabase } from '../../support/data/test-database.js';
import { GateClient } from '../../support/http/clients/gate-client.js';
import { expectProblem } from '../../support/http/problems.js';
import {
  LIMITED,
  LIMITED_ENVIRONMENT,
  spendAllButOne,
} from '../../support/http/clients/moving-client.js';

const EVENTS = '/api/admin/gate-events';

describe('events at gates', () => {
  const clock = new FixedClock(START);
  const vpms = useTestApp({ clock, environment: { JWT_EXPIRES_IN: '31536000' } });
  const PLATE = 'EV-100';
  let admin: TestAccount;
  let lotId: number;
  let north: TestGate;
  let south: TestGate;
  let bookingId: number;

  const list = async (query = '') => (await vpms.as(admin).get(`${EVENTS}${query}`)).body;
  const open = (body: object, headers = {}) => vpms.as(admin).post(EVENTS, { body, headers });

  beforeAll(async () => {
    admin = await createMember(vpms, 'admin');
    lotId = (await createLot(vpms)).id;
    north = await createGate(vpms, { lotId, name: 'North', direction: 'in' });
    south = await createGate(vpms, { lotId, name: 'South' });
    await driverWith(vpms, PLATE);
    const entrance = new GateClient(vpms.http, north.key);
    const exit = new GateClient(vpms.http, south.key);
    bookingId = (await entrance.entry('ev 100', { event_id: 'one' })).booking_id;
    clock.advance(60_000);
    await exit.exit(PLATE, { event_id: 'two', at: START });
    await exit.exit('STRANGER', { event_id: 'three' });
  });

  it('are listed by the time of their arrival, newest first, with exactly the documented fields', async () => {
    const common = { lot_id: lotId, note: null };
    const later = clock.now().toISOString();
    expect(await list()).toEqual([
      {
        ...common,
        id: expect.any(Number),
        gate_id: south.id,
        direction: 'out',
        event_id: 'three',
        plate: 'STRANGER',
        at: later,
        received_at: later,
        action: 'refuse',
        reason: 'NOT_PARKED',
        booking_id: null,
        spot_number: null,
        cost: null,
      },
      {
        ...common,
        id: expect.any(Number),
        gate_id: south.id,
        direction: 'out',
        event_id: 'two',
        plate: PLATE,
        at: START,
        received_at: later,
        action: 'open',
        reason: 'RELEASED',
        booking_id: bookingId,
        spot_number: null,
        cost: 12.5,
      },
      {
        ...common,
        id: expect.any(Number),
        gate_id: north.id,
        direction: 'in',
        event_id: 'one',
        plate: 'ev 100',
        at: START,
        received_at: START,
        action: 'open',
        reason: 'BOOKED',
        booking_id: bookingId,
        spot_number: '1',
        cost: null,
      },
    ]);
  });

  it.each([
    [`?action=refuse`, ['three']],
    [`?action=open`, ['two', 'one']],
    [`?plate=ev.100`, ['two', 'one']],
    [`?plate=unknown`, []],
  ])('are filtered by %s', async (query, ids) => {
    expect((await list(query)).map(({ event_id }: { event_id: string }) => event_id)).toEqual(ids);
  });

  it('are filtered by gate, and listed page by page', async () => {
    const query = `?gate_id=${south.id}&limit=1`;
    const first = await vpms.as(admin).get(`${EVENTS}${query}`);
    expect(first.body).toMatchObject([{ event_id: 'three' }]);
    const next = /<(.*)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect((await vpms.as(admin).get(next)).body).toMatchObject([{ event_id: 'two' }]);
    expect(await list(`${query}&action=open&plate=${PLATE}`)).toMatchObject([{ event_id: 'two' }]);
  });

  it.each([['?gate_id=x'], ['?action=close'], ['?plate=']])(
    'are not listed for %s',
    async (query) => {
      expectProblem(await vpms.as(admin).get(`${EVENTS}${query}`), '400 VALIDATION_FAILED');
    },
  );

  it('include the opening of a gate by an operator, which is audited', async () => {
    const now = clock.now().toISOString();
    const body = { gate_id: south.id, reason: 'Dirty plate', plate: 'BY HAND 1' };
    const headers = { 'idempotency-key': 'open-by-hand' };
    const opened = await open(body, headers);
    const expected = {
      id: expect.any(Number),
      gate_id: south.id,
      lot_id: lotId,
      direction: 'both',
      event_id: null,
      plate: 'BY HAND 1',
      at: now,
      received_at: now,
      action: 'open',
      reason: 'BY_HAND',
      booking_id: null,
      spot_number: null,
      cost: null,
      note: 'Dirty plate',
    };
    expect(opened).toMatchObject({ status: 201, body: expected });
    expect((await open(body, headers)).body).toEqual(opened.body);
    expect(await list('?plate=byhand1')).toEqual([opened.body]);
    expect((await auditRows(vpms)).at(-1)).toMatchObject({
      action: 'gate.opened',
      actor_name: admin.username,
      target_type: 'gate',
      target_id: String(south.id),
      after: { eventId: opened.body.id, reason: 'Dirty plate' },
    });
    const records = await queryDatabase(vpms.dataDirectory, 'SELECT * FROM idempotency_records');
    expect(JSON.stringify(records)).not.toContain('BY HAND 1');
    const without = await open({ gate_id: north.id, reason: 'Test' });
    expect(without.body).toMatchObject({ direction: 'in', plate: null, note: 'Test' });
  });

  it.each([
    [{ reason: '' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
    [{ plate: '' }, 'plate'],
    [{ plate: null }, 'plate'],
    [{ gate_id: '1' }, 'gate_id'],
    [{ event_id: 'x' }, 'event_id'],
  ])('do not include an opening by an operator with %j', async (fields, name) => {
    const response = await open({ gate_id: north.id, reason: 'Test', ...fields });
    expectProblem(response, '400 VALIDATION_FAILED', [name]);
  });

  it('do not include an opening of a deleted gate by an operator', async () => {
    const gate = await createGate(vpms, { lotId });
    const client = new GateClient(vpms.http, gate.key);
    await client.exit('GONE 1');
    await vpms.http.delete(`/api/admin/gates/${gate.id}`, { token: admin.token });
    expectProblem(await open({ gate_id: gate.id, reason: 'Test' }), '404 GATE_NOT_FOUND');
    // The events of the deleted gate are kept.
    expect(await list(`?gate_id=${gate.id}`)).toMatchObject([{ plate: 'GONE 1' }]);
  });

  it('lose the plate when its driver is erased, even if an operator opened the gate', async () => {
    const driver = await driverWith(vpms, 'LEAVING 7');
    const exit = new GateClient(vpms.http, south.key);
    await exit.entry('leaving-7');
    await exit.exit('leaving-7');
    await open({ gate_id: south.id, reason: 'Mr Leaving 7 again', plate: 'LEAVING7' });
    const left = await vpms.as(driver).leaveService(PASSWORD);
    expect(left.status, left.text).toBe(204);
    const events = JSON.stringify(await list('?limit=500'));
    expect(events + JSON.stringify(await auditRows(vpms))).not.toMatch(/leaving.?7/i);
  });
});

describe('the events of a gate', () => {
  const vpms = useTestApp({ environment: LIMITED_ENVIRONMENT });

  it('are limited to 100 per second', async () => {
    const { id: lotId } = await createLot(vpms);
    const { id, key } = await createGate(vpms, { lotId });
    const gate = new GateClient(vpms.http, key);
    await spendAllButOne(vpms, 'events-of-gate', String(id));
    const last = await gate.enter('LIMIT 1');
    expect(last.status, last.text).toBe(200);
    expect(last.headers.get('ratelimit-policy')).toBe('"events-of-gate";q=100;w=1');
    const limited = await gate.enter('LIMIT 1');
    expectProblem(limited, LIMITED);
    expect(limited.headers.get('retry-after')).toBe('1');
    const other = await gateOf(vpms, lotId);
    expect((await other.enter('LIMIT 1')).status).toBe(200);
  });
});
