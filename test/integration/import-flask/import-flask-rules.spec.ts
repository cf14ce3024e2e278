import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/tools/import-flask/report/summary.js';
import {
  ACTIVE,
  flaskLot,
  flaskReservation,
  flaskSpot,
  flaskUser,
} from '../../support/flask/flask-rows.js';
import { IMPORTED_AT, reportedRows, ImportFolder } from '../../support/flask/import-folder.js';

const ADMIN = flaskUser(1, { username: 'admin', role: 'admin' });
const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);

describe('the import of a Flask file', () => {
  it('keeps ids, texts, instants and money', async () => {
    using move = new ImportFolder({
      users: [ADMIN, flaskUser(7, { created_at: '2025-11-26 21:19:58.057999' })],
      parking_lots: [flaskLot(4, { price: 16.5, number_of_spots: 2, pin_code: '560 001' })],
      parking_spots: [
        flaskSpot(11, { lot_id: 4, spot_number: '2' }),
        flaskSpot(12, { lot_id: 4, spot_number: '1' }),
      ],
      reservations: [
        flaskReservation(90, {
          spot_id: 11,
          user_id: 7,
          remarks: '=1+1 ✓',
          vehicle_number: 'KA 01',
          parking_cost: 33,
          price_per_hour: 16.5,
        }),
      ],
    });
    const report = await move.run();
    expect(
      move.query(
        `SELECT id, spot_id, lot_id, user_id, parked_at, left_at, price_per_hour, tariff_id, cost,
          vehicle_number, remarks, created_at, updated_at FROM reservations`,
      ),
    ).toEqual([
      {
        id: 90,
        spot_id: 11,
        lot_id: 4,
        user_id: 7,
        parked_at: at('2025-02-01 10:00:00.000'),
        left_at: at('2025-02-01 12:00:00.000'),
        price_per_hour: 1650,
        tariff_id: null,
        cost: 3300,
        vehicle_number: 'KA 01',
        remarks: '=1+1 ✓',
        created_at: at('2025-02-01 10:00:00.000'),
        updated_at: at('2025-02-01 12:00:00.000'),
      },
    ]);
    expect(move.query('SELECT id, number, status FROM spots ORDER BY id')).toEqual([
      { id: 11, number: 2, status: 'A' },
      { id: 12, number: 1, status: 'A' },
    ]);
    expect(
      move.query(
        'SELECT id, name, pin_code, price_per_hour, number_of_spots, retired_at FROM lots',
      ),
    ).toEqual([
      {
        id: 4,
        name: 'Lot 4',
        pin_code: '560 001',
        price_per_hour: 1650,
        number_of_spots: 2,
        retired_at: null,
      },
    ]);
    expect(move.query('SELECT id, username, role, created_at FROM accounts ORDER BY id')).toEqual([
      { id: 1, username: 'admin', role: 'admin', created_at: at('2025-01-01 08:00:00.000') },
      { id: 7, username: 'driver7', role: 'user', created_at: at('2025-11-26 21:19:58.057') },
    ]);
    expect(move.query('SELECT * FROM driver_totals')).toEqual([
      { user_id: 7, bookings: 1, spent: 3300 },
    ]);
    expect(Object.values(report.tables).map(({ changed, refused }) => changed + refused)).toEqual([
      0, 0, 0, 0,
    ]);
    expect(summarize(report)).toContain('users, instants truncated to milliseconds (1): 7');
  });

  it('keeps the newest active booking on a spot, and ends each older one when the next began', async () => {
    const parked = (time: string) => ({ ...ACTIVE, parking_timestamp: `2025-02-01 ${time}` });
    using move = new ImportFolder({
      users: [ADMIN, flaskUser(2), flaskUser(3), flaskUser(4)],
      parking_lots: [flaskLot(1, { price: 10 })],
      parking_spots: [flaskSpot(1, { status: 'O' })],
      reservations: [
        flaskReservation(1, { ...parked('12:30:00'), user_id: 3 }),
        flaskReservation(2, { ...parked('10:00:00'), user_id: 2, price_per_hour: null }),
        flaskReservation(3, { ...parked('13:00:00.5'), user_id: 4, price_per_hour: 99 }),
      ],
    });
    const report = await move.run();
    expect(move.query('SELECT id, left_at, cost FROM reservations ORDER BY id')).toEqual([
      { id: 1, left_at: at('2025-02-01 13:00:00.500'), cost: 1000 },
      { id: 2, left_at: at('2025-02-01 12:30:00.000'), cost: 3000 },
      { id: 3, left_at: null, cost: null },
    ]);
    expect(reportedRows(report, 'reservations')).toMatchObject({
      'active although its spot or driver has a newer booking: ended when that began': '1-2',
      "no valid agreed price: replaced by the lot's price": '2',
    });
    expect(move.query('SELECT * FROM driver_totals ORDER BY user_id')).toEqual([
      { user_id: 2, bookings: 1, spent: 3000 },
      { user_id: 3, bookings: 1, spent: 1000 },
      { user_id: 4, bookings: 1, spent: 0 },
    ]);
  });

  it("keeps a driver's newest active booking, and sets the spots accordingly", async () => {
    using move = new ImportFolder({
      users: [ADMIN, flaskUser(2)],
      parking_lots: [flaskLot(1, { number_of_spots: 9 })],
      parking_spots: [flaskSpot(1, { status: 'O' }), flaskSpot(2), flaskSpot(3, { status: 'O' })],
      reservations: [
        flaskReservation(1, { ...ACTIVE, user_id: 2, spot_id: 1 }),
        flaskReservation(2, {
          ...ACTIVE,
          user_id: 2,
          spot_id: 2,
          parking_timestamp: '2025-02-01 10:00:00.001',
        }),
      ],
    });
    const report = await move.run();
    expect(move.query('SELECT id FROM reservations WHERE left_at IS NULL')).toEqual([{ id: 2 }]);
    expect(move.query('SELECT id, status FROM spots ORDER BY id')).toEqual([
      { id: 1, status: 'A' },
      { id: 2, status: 'O' },
      { id: 3, status: 'A' },
    ]);
    expect(reportedRows(report, 'parking_spots')).toEqual({
      'a wrong status with no active booking: free': '1, 3',
      'a wrong status with an active booking: occupied': '2',
    });
    expect(move.query('SELECT number_of_spots FROM lots')).toEqual([{ number_of_spots: 3 }]);
    expect(reportedRows(report, 'parking_lots')).toEqual({
      'number_of_spots was not the actual number of spots': '1',
    });
  });

  it('assigns orphaned bookings to a retired lot and to locked accounts', async () => {
    using move = new ImportFolder({
      users: [ADMIN, flaskUser(2, { username: 'deleted-40' })],
      parking_lots: [flaskLot(1)],
      parking_spots: [flaskSpot(1), flaskSpot(5, { lot_id: 8, status: 'O' })],
      reservations: [
        flaskReservation(1, { spot_id: 33, user_id: 2 }),
        flaskReservation(2, { spot_id: 1, user_id: 40 }),
        flaskReservation(3, { spot_id: null, user_id: null }),
        flaskReservation(4, { spot_id: 5, user_id: 2 }),
        flaskReservation(5, {
          ...ACTIVE,
          spot_id: 33,
          user_id: 2,
          updated_at: '2025-02-01 11:30:00',
        }),
      ],
    });
    const report = await move.run();
    const rows =
      'SELECT r.id, spot_id, lots.name, lots.id AS lot, user_id, username, cost FROM reservations r JOIN lots ON lots.id = lot_id JOIN accounts ON accounts.id = user_id ORDER BY r.id';
    expect(move.query(rows)).toEqual([
      {
        id: 1,
        spot_id: 33,
        name: '(unknown)',
        lot: 9,
        user_id: 2,
        username: 'deleted-40',
        cost: 2000,
      },
      {
        id: 2,
        spot_id: 1,
        name: 'Lot 1',
        lot: 1,
        user_id: 40,
        username: 'deleted-40-40',
        cost: 2000,
      },
      {
        id: 3,
        spot_id: 34,
        name: '(unknown)',
        lot: 9,
        user_id: 41,
        username: 'deleted-unknown',
        cost: 2000,
      },
      {
        id: 4,
        spot_id: 5,
        name: '(unknown)',
        lot: 9,
        user_id: 2,
        username: 'deleted-40',
        cost: 2000,
      },
      {
        id: 5,
        spot_id: 33,
        name: '(unknown)',
        lot: 9,
        user_id: 2,
        username: 'deleted-40',
        cost: 2000,
      },
    ]);
    expect(
      move.query('SELECT id, status, retired_at FROM spots WHERE lot_id = 9 ORDER BY id'),
    ).toEqual([5, 33, 34].map((id) => ({ id, status: 'A', retired_at: IMPORTED_AT })));
    expect(
      move.query('SELECT number_of_spots AS spots, retired_at FROM lots WHERE id = 9'),
    ).toEqual([{ spots: 3, retired_at: IMPORTED_AT }]);
    expect(move.query('SELECT password_hash AS hash FROM accounts WHERE id IN (40, 41)')).toEqual([
      { hash: '!' },
      { hash: '!' },
    ]);
    expect(reportedRows(report, 'users')).toEqual({
      'a locked account for a missing driver': '40 "deleted-40-40", 41 "deleted-unknown"',
    });
  });
});
