import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/platform/time/durations.js';
import { FixedClock, START } from '../../support/app/fixed-clock.js';
import { CapturedLog } from '../../support/app/captured-log.js';
import { exportCsv } from '../../support/scenes/exports.js';
import { runJob } from '../../support/app/job-runs.js';
import { useTestApp } from '../../support/app/test-app.js';
import { createGate, createLot, createMember, PASSWORD } from '../../support/data/factories.js';
import { driverWith, gateOf } from '../../support/data/gates.js';
import { GateClient } from '../../support/http/clients/gate-client.js';

const EVENTS = '/api/admin/gate-events';

describe('events that are older than PLATE_RETENTION_DAYS', () => {
  const clock = new FixedClock(START);
  const environment = { JWT_EXPIRES_IN: '31536000', PLATE_RETENTION_DAYS: '2' };
  const vpms = useTestApp({ clock, environment });

  it('show no plate, and are not found by it', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const gate = await gateOf(vpms, (await createLot(vpms)).id);
    await gate.exit('OLD 1');
    clock.advance(2 * DAY - 1);
    expect((await admin.get(`${EVENTS}?plate=old1`)).body).toMatchObject([{ plate: 'OLD 1' }]);
    clock.advance(1);
    expect((await admin.get(`${EVENTS}?plate=old1`)).body).toEqual([]);
    expect((await admin.get(EVENTS)).body).toMatchObject([{ plate: null, reason: 'NOT_PARKED' }]);
  });
});

describe('the plate of a refused event', () => {
  const vpms = useTestApp();

  // If the vehicle was removed before, nothing stored connects the event with the driver (docs/privacy.md).
  it('is erased with the driver, unless the vehicle was removed before', async () => {
    const admin = vpms.as(await createMember(vpms, 'admin'));
    const { id: lotId } = await createLot(vpms, { numberOfSpots: 1 });
    await vpms.as(await createMember(vpms)).park(lotId);
    const gate = await gateOf(vpms, lotId);
    const driver = vpms.as(await createMember(vpms));
    const plates = ['GONE 1', 'GONE 2'];
    const ids: number[] = [];
    for (const plate of plates) {
      ids.push((await driver.addVehicle({ plate })).body.id);
      expect(await gate.entry(plate)).toMatchObject({ reason: 'LOT_FULL' });
    }
    expect((await driver.removeVehicle(ids[1] ?? 0)).status).toBe(204);
    expect((await driver.leaveService(PASSWORD)).status).toBe(204);
    const { body: events } = await admin.get(EVENTS);
    expect(events).toMatchObject([{ plate: 'GONE 2' }, { plate: null }]);
  });
});

describe('hostile plates', () => {
  const log = new CapturedLog();
  const vpms = useTestApp({ log });
  const PLATES = [
    `'; DROP TABLE gates --`.slice(0, 20),
    `"a",b;=1+1`,
    '=HYPERLINK("x";"y")',
    '+1-2@3',
    '\u202eABC 123\u202c',
    '<script>a</script>1',
    '{{7*7}}${7*7}%s',
    'م ط ع ٧٤١',
  ];

  it.each(PLATES)('pass through entry, lists, export and report: %j', async (plate) => {
    const admin = await createMember(vpms, 'admin');
    const driver = await driverWith(vpms, plate);
    const { id, key } = await createGate(vpms, { lotId: (await createLot(vpms)).id });
    const gate = new GateClient(vpms.http, key);
    expect(await gate.entry(plate)).toMatchObject({ reason: 'BOOKED' });
    expect(await gate.exit(plate)).toMatchObject({ reason: 'RELEASED' });
    const events = await vpms.as(admin).get(`${EVENTS}?gate_id=${id}`);
    expect(events.body).toMatchObject([{ plate }, { plate }]);
    const found = await vpms.as(admin).get(`${EVENTS}?plate=${encodeURIComponent(plate)}`);
    expect(found.body).toHaveLength(2);
    const search = `/api/admin/bookings?vehicle_number=${encodeURIComponent(plate)}`;
    expect((await vpms.as(admin).get(search)).body).toMatchObject([{ vehicle_number: plate }]);
    const { text: csv } = await exportCsv(vpms.http, driver.token);
    // No cell begins with a character that makes a spreadsheet evaluate it as a formula.
    expect(csv).not.toMatch(/(^|,)"?[=+@]/m);
    const period = new Date().toISOString().slice(0, 7);
    await runJob(vpms.http, admin.token, { name: 'monthly-reports', period });
    const page = await vpms.as(driver).get(`/api/user/reports/${period}`);
    expect(page.text).not.toContain('<script>a');
  });

  it('are not in the log, nor is a key', async () => {
    await driverWith(vpms, 'SECRET 99');
    const gate = await gateOf(vpms, (await createLot(vpms)).id);
    await gate.entry('SECRET 99');
    await gate.enter('x'.repeat(21));
    const text = log.text;
    expect(text).toContain('/api/gate/entries');
    expect(text).toContain('"gate_id":');
    expect(text).not.toMatch(/secret.?99|gate_[\w-]{43}/i);
  });
});
