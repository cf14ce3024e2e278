import { beforeAll, describe, expect, it } from 'vitest';
import { Housekeeping } from '../../../src/jobs/housekeeping.js';
import { DAY, HOUR, MINUTE } from '../../../src/platform/time/durations.js';
import {
  downloadExport,
  exportStatus,
  requestExport,
  type RequestedExport,
} from '../../support/scenes/exports.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { waitUntil } from '../../support/app/job-runs.js';
import { startTestApp, type TestApp, useTestApp } from '../../support/app/test-app.js';
import { dumpDatabase } from '../../support/data/dump.js';
import { createLot, createMember, type TestAccount } from '../../support/data/factories.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { readCsv } from '../../support/http/csv-reader.js';

const DAYS = 30;
const ENVIRONMENT = { PLATE_RETENTION_DAYS: String(DAYS), JWT_EXPIRES_IN: '31536000' };
/** Plates of bookings that are over (one of them corrected) and of events; `VEHICLE` is the plate of a vehicle. */
const OLD = ['OLD 1', 'OLD 2', 'OLD 3', 'OLD 4', 'OLD 5', 'OLD 6'] as const;
const VEHICLE = 'KEPT-1';

/** Inserts events at a gate of the lot; instants in ms. */
async function insertEvents(
  { dataDirectory }: TestApp,
  lotId: number,
  events: readonly { readonly plate: string; readonly at: number; readonly bookingId?: number }[],
): Promise<void> {
  await queryDatabase(
    dataDirectory,
    `INSERT INTO gates (id, lot_id, name, direction, key_digest, created_at, updated_at)
      VALUES (1, ${lotId}, 'North', 'both', 'x', 0, 0)`,
  );
  const rows = events.map(
    ({ plate, at, bookingId }, index) =>
      `(1, ${lotId}, 'in', 'e${index}', '${plate}', '${plate.toLowerCase()}', ${at}, ${at}, 'open',
        'BOOKED', ${bookingId ?? 'NULL'})`,
  );
  await queryDatabase(
    dataDirectory,
    `INSERT INTO gate_events (gate_id, lot_id, direction, event_id, plate, plate_key, at,
      received_at, action, reason, booking_id) VALUES ${rows.join(', ')}`,
  );
}

describe('plates after PLATE_RETENTION_DAYS', () => {
  const clock = new FixedClock('2026-03-01T12:00:00.000Z');
  const vpms = useTestApp({ clock, environment: ENVIRONMENT });
  let driver: TestAccount;
  let admin: TestAccount;
  let stayed: number;
  let cancelled: number;
  let file: RequestedExport;

  const api = () => vpms.as(driver);
  /** The texts of all responses that may contain a plate. */
  const responses = async () => {
    const found = (query: string) => vpms.as(admin).get(`/api/admin/bookings?${query}`);
    const html = { headers: { accept: 'text/html' } };
    const all = {
      list: await api().get('/api/user/bookings?status=any'),
      booking: await api().booking(stayed),
      cancelled: await api().booking(cancelled),
      receipt: await api().receipt(stayed),
      page: await api().receipt(stayed, html),
      file: await downloadExport(file),
      excel: await api().get(`/api/user/export-csv-download/${file.id}?for=excel`),
      data: await api().storedData(),
      search: await found('status=any'),
      byPlate: await found('status=any&vehicle_number=old-2'),
      audit: await vpms.as(admin).get('/api/admin/audit-log?target_type=reservation'),
      operatorsData: await vpms.as(admin).storedData(),
    };
    for (const [name, { status, text }] of Object.entries(all))
      expect(status, name + text).toBe(200);
    return all;
  };
  const shown = async () =>
    Object.entries(await responses()).flatMap(([name, { text }]) =>
      OLD.filter((plate) => text.includes(plate)).map((plate) => `${name}: ${plate}`),
    );

  beforeAll(async () => {
    driver = await createMember(vpms);
    admin = await createMember(vpms, 'admin');
    const { id: lotId } = await createLot(vpms);
    await api().addVehicle({ plate: VEHICLE });
    const window = {
      from: new Date(clock.now().getTime() + 2 * HOUR),
      until: new Date(clock.now().getTime() + 3 * HOUR),
    };
    const ahead = await api().bookAhead({ lot_id: lotId, ...window, vehicle_number: OLD[2] });
    cancelled = ahead.body.id;
    expect((await api().cancel(cancelled)).status).toBe(200);
    stayed = (await api().park(lotId, { vehicle_number: OLD[0] })).id;
    expect((await api().correctVehicle(stayed, { vehicle_number: OLD[1] })).status).toBe(200);
    await insertEvents(vpms, lotId, [
      // This event is older than the end of its booking, but its plate is kept as long as the booking's plate.
      { plate: OLD[3], at: clock.now().getTime(), bookingId: stayed },
      { plate: OLD[4], at: clock.now().getTime() + MINUTE },
      { plate: 'NEW 1', at: clock.now().getTime() + MINUTE + 1 },
    ]);
    clock.advance(MINUTE);
    await api().leave(stayed);
    // After the export is written, this stay ends at an earlier instant, as if a gate had reported it late.
    const late = await api().park(lotId, { vehicle_number: OLD[5] });
    clock.advance(DAYS * DAY - HOUR);
    file = await requestExport(vpms.http, driver.token);
    await waitUntil(
      async () => (await exportStatus(file)).body.status === 'completed' || undefined,
    );
    await queryDatabase(
      vpms.dataDirectory,
      `UPDATE reservations SET status = 'completed', cost = 0, left_at = parked_at,
        claim_from = NULL, claim_until = NULL WHERE id = ${late.id}`,
    );
    await api().park(lotId, { vehicle_number: 'NEW 2' });
    clock.advance(HOUR - 1);
  });

  it('are shown until the last millisecond', async () => {
    expect(await shown()).toEqual([
      'list: OLD 2',
      'list: OLD 6',
      'booking: OLD 2',
      'receipt: OLD 2',
      'page: OLD 2',
      'file: OLD 2',
      'file: OLD 6',
      'excel: OLD 2',
      'excel: OLD 6',
      'data: OLD 1',
      'data: OLD 2',
      'data: OLD 4',
      'data: OLD 6',
      'search: OLD 2',
      'search: OLD 6',
      'byPlate: OLD 2',
      'audit: OLD 1',
      'audit: OLD 2',
    ]);
  });

  it('are in no response afterwards, even before they are deleted', async () => {
    clock.advance(1);
    expect(await shown()).toEqual([]);
    const all = await responses();
    expect(all.booking.body).toMatchObject({ id: stayed, vehicle_number: null });
    expect(all.cancelled.body).toMatchObject({ id: cancelled, vehicle_number: null });
    expect(all.receipt.body).toMatchObject({ booking_id: stayed, vehicle_number: null });
    expect(all.byPlate.body).toEqual([]);
    expect(all.audit.body).toMatchObject([
      { before: { vehicle_number: null }, after: { vehicle_number: null } },
    ]);
    const [header = [], ...records] = readCsv(all.file.text);
    const cells = records.map((record) => record[header.indexOf('Vehicle Number')]);
    expect(cells).toEqual(['', '']);
    expect(all.list.text).toContain('NEW 2');
    expect(await dumpDatabase(vpms)).toContain(OLD[1]);
  });

  it('are deleted by the housekeeping, from files, events and the audit log too', async () => {
    const before = await responses();
    await vpms.app.get(Housekeeping).run();
    const dump = await dumpDatabase(vpms);
    for (const plate of [...OLD, ...OLD.map((each) => each.toLowerCase())])
      expect(dump.split('\n').filter((line) => line.includes(plate))).toEqual([]);
    for (const plate of [VEHICLE, 'NEW 1', 'NEW 2']) expect(dump).toContain(plate);
    expect(await countRows(vpms.dataDirectory, 'audit_permits')).toBe(0);
    const after = await responses();
    for (const name of ['list', 'booking', 'receipt', 'file', 'audit'] as const)
      expect(after[name].text).toBe(before[name].text);
    // A file is rewritten only once.
    const chunks = () => queryDatabase(vpms.dataDirectory, 'SELECT * FROM exports');
    const rewritten = await chunks();
    clock.advance(MINUTE);
    await vpms.app.get(Housekeeping).run();
    expect(await chunks()).toEqual(rewritten);
  });
});

describe('old plates', () => {
  /** Inserts stays, each with a plate. They ended an hour apart, the latest one an hour ago. */
  const insertStays = async (vpms: TestApp, number: number) => {
    const { id: userId } = await createMember(vpms);
    const { id: lotId } = await createLot(vpms);
    const now = Date.now();
    const rows = Array.from({ length: number }, (_, index) => {
      const leftAt = now - (index + 1) * HOUR;
      return `((SELECT MIN(id) FROM spots WHERE lot_id = ${lotId}), ${lotId}, ${userId}, 'completed',
        ${leftAt - 1}, ${leftAt}, 0, 100, 'OLD', 'old', 0, 0)`;
    });
    await queryDatabase(
      vpms.dataDirectory,
      `INSERT INTO reservations (spot_id, lot_id, user_id, status, parked_at, left_at, cost,
        price_per_hour, vehicle_number, plate_key, created_at, updated_at) VALUES ${rows.join(', ')}`,
    );
  };
  const withPlate = ({ dataDirectory }: TestApp) =>
    countRows(dataDirectory, 'reservations', 'vehicle_number IS NOT NULL OR plate_key IS NOT NULL');

  it('are deleted at the start, if the period has become shorter', async () => {
    const first = await startTestApp();
    await insertStays(first, 50);
    await first.app.get(Housekeeping).run();
    expect(await withPlate(first)).toBe(50);
    await first.stop();
    const { dataDirectory } = first;
    await using second = await startTestApp({
      dataDirectory,
      environment: { PLATE_RETENTION_DAYS: '1' },
    });
    await waitUntil(async () => (await withPlate(second)) === 23 || undefined);
  });

  it('are deleted in batches, by two instances at once', async () => {
    await using vpms = await startTestApp({ environment: { PLATE_RETENTION_DAYS: '1' } });
    await insertStays(vpms, 1_223);
    await Promise.all([1, 2].map(() => vpms.app.get(Housekeeping).run()));
    expect(await withPlate(vpms)).toBe(23);
  });
});
