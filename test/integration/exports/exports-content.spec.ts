import { describe, expect, it } from 'vitest';
import { ReservationsService } from '../../../src/parking/reservations/reservations.service.js';
import { readCsv } from '../../support/http/csv-reader.js';
import { CSV_HEADER, exportCsv } from '../../support/scenes/exports.js';
import { createLot, createMember } from '../../support/data/factories.js';
import { FixedClock } from '../../support/app/fixed-clock.js';
import { insertBookings } from '../../support/data/many-bookings.js';
import { startTestApp, type TestApp } from '../../support/app/test-app.js';
import { countRows, queryDatabase } from '../../support/data/test-database.js';
import { TransactionRunner } from '../../../src/platform/database/transaction-runner.js';
import { HOUR } from '../../../src/platform/time/durations.js';

interface Stay {
  readonly lotId: number;
  readonly vehicleNumber?: string;
  readonly remarks?: string;
}

/** Books and releases after exactly two hours. */
async function stay({ app }: TestApp, clock: FixedClock, userId: number, request: Stay) {
  const reservations = app.get(ReservationsService);
  const transactions = app.get(TransactionRunner);
  const { id } = await reservations.book(transactions, { userId, ...request });
  clock.advance(2 * HOUR);
  await reservations.release(transactions, { userId, reservationId: id });
  return id;
}

describe('the exported CSV', () => {
  it('is what the contract specifies, byte for byte', async () => {
    const clock = new FixedClock();
    await using vpms = await startTestApp({ clock });
    const { id, token } = await createMember(vpms);
    const lot = await createLot(vpms, {
      name: 'Lot "Ä", north',
      address: '1 Main Street\n110001 Delhi',
      pricePerHour: 2500,
    });
    await stay(vpms, clock, id, { lotId: lot.id, vehicleNumber: 'DL 01', remarks: '=1+1' });
    await vpms.app
      .get(ReservationsService)
      .book(vpms.app.get(TransactionRunner), { userId: id, lotId: lot.id });
    clock.advance(90 * 60_000);
    const { text, headers } = await exportCsv(vpms.http, token);
    const place = '1,1,"Lot ""Ä"", north","1 Main Street\n110001 Delhi"';
    expect(text).toBe(
      CSV_HEADER +
        `2,${place},,2026-03-01T11:30:00.000Z,,1.50,,INR,Active,\r\n` +
        `1,${place},DL 01,2026-03-01T09:30:00.000Z,2026-03-01T11:30:00.000Z,2.00,50.00,INR,Completed,'=1+1\r\n`,
    );
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="vpms-bookings-20260301-130000.csv"',
    );
  });

  it('is only the header for a driver without bookings', async () => {
    await using vpms = await startTestApp();
    const { token } = await createMember(vpms);
    expect((await exportCsv(vpms.http, token)).text).toBe(CSV_HEADER);
  });

  it('contains every text unchanged, except for what a spreadsheet would evaluate', async () => {
    const clock = new FixedClock();
    const environment = { JWT_EXPIRES_IN: String(30 * 86_400) };
    await using vpms = await startTestApp({ clock, environment });
    const { id, token } = await createMember(vpms);
    const formulas = ['=HYPERLINK("http://x","y")', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '=', '-'];
    const harmless = [
      'plain',
      '"',
      '""',
      ',',
      'a,"b",c',
      'line\nfeed',
      '\nfirst',
      'carriage\rreturn',
      'both\r\n',
      ' spaces ',
      ' =1+1',
      "'quoted",
      'a=b',
      '🅿️ 駐車場 👩‍👩‍👧',
      'موقف السيارات \u202Eabc',
      '\u2028\u00A0\uFEFF',
      ';|\\',
    ];
    const remarks = [...formulas, ...harmless];
    for (const text of remarks) {
      const lot = await createLot(vpms, { name: text, address: text, numberOfSpots: 1 });
      const vehicleNumber = text.slice(0, 20);
      await stay(vpms, clock, id, { lotId: lot.id, vehicleNumber, remarks: text });
    }
    const [, ...rows] = readCsv((await exportCsv(vpms.http, token)).text);
    const safe = (text: string) => (formulas.includes(text) ? `'${text}` : text);
    const newestFirst = remarks.toReversed();
    expect(rows.map((row) => row[12])).toEqual(newestFirst.map(safe));
    expect(rows.map((row) => row[3])).toEqual(newestFirst.map(safe));
    expect(rows.map((row) => row[4])).toEqual(newestFirst.map(safe));
    const vehicles = newestFirst.map((text) =>
      safe(text).slice(0, formulas.includes(text) ? 21 : 20),
    );
    expect(rows.map((row) => row[5])).toEqual(vehicles);
  });

  it.each([
    ['INR', '50.00'],
    ['JPY', '5000'],
    ['KWD', '5.000'],
  ])('writes the cost of 5000 minor units in %s as %s', async (currency, expected) => {
    const clock = new FixedClock();
    await using vpms = await startTestApp({ clock, environment: { CURRENCY: currency } });
    const { id, token } = await createMember(vpms);
    const lot = await createLot(vpms, { pricePerHour: 2500 });
    await stay(vpms, clock, id, { lotId: lot.id });
    const [, row] = readCsv((await exportCsv(vpms.http, token)).text);
    expect(row?.slice(8, 12)).toEqual(['2.00', expected, currency, 'Completed']);
  });

  it('contains every booking of the driver once, newest first, over many pages and chunks', async () => {
    await using vpms = await startTestApp();
    const { token, username } = await createMember(vpms);
    const other = await createMember(vpms);
    const { dataDirectory } = vpms;
    // One booking more than fits on full pages. Some begin at the same instant and are sorted by id.
    await insertBookings(vpms, { username, count: 8_001 });
    await insertBookings(vpms, { username: other.username, count: 10 });
    const sameInstant = 'UPDATE reservations SET parked_at = 0 WHERE id % 3 = 0';
    await queryDatabase(dataDirectory, sameInstant);
    const [, ...rows] = readCsv((await exportCsv(vpms.http, token)).text);
    const expected = await queryDatabase<{ id: number }>(
      dataDirectory,
      `SELECT r.id FROM reservations r JOIN accounts ON accounts.id = r.user_id
      WHERE username = '${username}' ORDER BY parked_at DESC, r.id DESC`,
    );
    expect(rows.map(([id]) => Number(id))).toEqual(expected.map(({ id }) => id));
    expect(await countRows(dataDirectory, 'export_chunks')).toBeGreaterThan(3);
  });

  it('is complete if bookings are added, released and renamed while it is written', async () => {
    await using vpms = await startTestApp();
    const { id: userId, token, username } = await createMember(vpms);
    const { dataDirectory } = vpms;
    await insertBookings(vpms, { username, count: 20_000 });
    const lot = await createLot(vpms);
    const before = await queryDatabase<{ id: number }>(
      dataDirectory,
      'SELECT id FROM reservations',
    );
    const finished = exportCsv(vpms.http, token);
    const reservations = vpms.app.get(ReservationsService);
    const transactions = vpms.app.get(TransactionRunner);
    let booked = 0;
    const progress = { isOver: false };
    void finished.finally(() => (progress.isOver = true));
    while (!progress.isOver) {
      const { id } = await reservations.book(transactions, { userId, lotId: lot.id });
      await queryDatabase(dataDirectory, `UPDATE lots SET name = 'Name ${(booked += 1)}'`);
      await reservations.release(transactions, { userId, reservationId: id });
    }
    const [, ...rows] = readCsv((await finished).text);
    const ids = rows.map(([id]) => Number(id));
    expect(booked).toBeGreaterThan(10);
    expect(new Set(ids).size).toBe(ids.length);
    const present = new Set(ids);
    expect(before.filter(({ id }) => !present.has(id))).toEqual([]);
  });
});
