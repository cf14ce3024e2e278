import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/tools/import-flask/report/summary.js';
import {
  flaskLot,
  flaskReservation,
  flaskSpot,
  flaskUser,
} from '../../support/flask/flask-rows.js';
import { reportedRows, ImportFolder } from '../../support/flask/import-folder.js';

const ADMIN = flaskUser(1, { username: 'admin', role: 'admin' });

describe('the import of a Flask file', () => {
  it('rounds money half up, and repairs impossible values', async () => {
    using move = new ImportFolder({
      users: [ADMIN, flaskUser(2)],
      parking_lots: [
        flaskLot(1, { price: 16.499999 }),
        flaskLot(2, { price: -5, prime_location_name: 'a\u0000b' }),
      ],
      parking_spots: [flaskSpot(1)],
      reservations: [
        flaskReservation(1, { user_id: 2, parking_cost: 11.0 }),
        flaskReservation(2, { user_id: 2, parking_cost: 2.675 }),
        flaskReservation(3, { user_id: 2, parking_cost: -1, price_per_hour: 7.25 }),
        flaskReservation(4, { user_id: 2, leaving_timestamp: '2025-02-01 09:00:00' }),
        flaskReservation(5, {
          user_id: 2,
          parking_timestamp: 'soon',
          created_at: '2025-02-01 11:00:00',
        }),
        flaskReservation(6, {
          user_id: 2,
          parking_timestamp: 'x',
          leaving_timestamp: 'x',
          created_at: null,
          updated_at: null,
        }),
      ],
    });
    const report = await move.run();
    expect(move.query('SELECT id, price_per_hour AS price FROM lots ORDER BY id')).toEqual([
      { id: 1, price: 1650 },
      { id: 2, price: 0 },
    ]);
    expect(
      move.query('SELECT id, cost, left_at - parked_at AS stay FROM reservations ORDER BY id'),
    ).toEqual([
      { id: 1, cost: 1100, stay: 7_200_000 },
      { id: 2, cost: 268, stay: 7_200_000 },
      { id: 3, cost: 1450, stay: 7_200_000 },
      { id: 4, cost: 2000, stay: 0 },
      { id: 5, cost: 2000, stay: 3_600_000 },
    ]);
    expect(reportedRows(report, 'reservations')).toEqual({
      "cost rounded to the currency's decimals": '2',
      'no valid cost: computed from the agreed price': '3',
      'left before it was parked: ended at its start': '4',
      'no readable parking_timestamp: replaced by the next best instant of the row': '5',
      'no readable instant': '6',
    });
    expect(report.tables.reservations).toMatchObject({
      read: 6,
      imported: 5,
      changed: 4,
      refused: 1,
    });
    expect(reportedRows(report, 'parking_lots')).toMatchObject({
      "price rounded to the currency's decimals": '1',
      'no valid price: replaced by 0': '2',
      'control characters replaced': '2',
    });
    expect(reportedRows(report, 'parking_spots')).toEqual({
      'one spot for a lot that had none': '2',
    });
  });

  it('adds a suffix or placeholder to names and e-mails that collide or are invalid', async () => {
    using move = new ImportFolder({
      users: [
        ADMIN,
        flaskUser(2, { username: 'Bob' }),
        flaskUser(3, { username: 'bob', email: 'DRIVER2@example.com' }),
        flaskUser(4, { username: 'bob-3' }),
        flaskUser(5, { username: 'Zoë Müller', email: 'not an address' }),
        flaskUser(6, { username: '日本', role: 'guest' }),
      ],
    });
    const report = await move.run();
    expect(
      move.query('SELECT username, email, role FROM accounts WHERE id > 1 ORDER BY id'),
    ).toEqual([
      { username: 'Bob', email: 'driver2@example.com', role: 'user' },
      { username: 'bob-3-2', email: 'user-3@imported.invalid', role: 'user' },
      { username: 'bob-3', email: 'driver4@example.com', role: 'user' },
      { username: 'Zoe_Muller-5', email: 'user-5@imported.invalid', role: 'user' },
      { username: 'user-6', email: 'driver6@example.com', role: 'user' },
    ]);
    expect(report.tables.users.changed).toBe(3);
    expect(summarize(report)).toContain('3 "bob" is "bob-3-2", 5 "Zoë Müller" is "Zoe_Muller-5"');
  });

  it('keeps spot numbers if possible, and numbers the others by id', async () => {
    const spots = ['B7', '3', null, '3', '0', '2.5', '1'];
    using move = new ImportFolder({
      users: [ADMIN],
      parking_lots: [flaskLot(1, { number_of_spots: 7 })],
      parking_spots: spots.map((number, index) => flaskSpot(index + 1, { spot_number: number })),
    });
    const report = await move.run();
    const numbers = move.query('SELECT number FROM spots ORDER BY id').map(({ number }) => number);
    expect(numbers).toEqual([2, 3, 4, 5, 6, 7, 1]);
    expect(reportedRows(report, 'parking_spots')).toEqual({
      'no number, a duplicate, or not a positive integer: a new number': '1, 3-6',
    });
  });

  it.each([
    [['updated_at', 'spot_number', 'price_per_hour', 'vehicle_number'] as const],
    [['updated_at'] as const],
    [['price_per_hour', 'vehicle_number'] as const],
  ])('reads an older file without %j', async (without) => {
    using move = new ImportFolder(
      {
        users: [ADMIN, flaskUser(2)],
        parking_lots: [flaskLot(1, { price: 12.5 })],
        parking_spots: [flaskSpot(1)],
        reservations: [
          flaskReservation(1, { user_id: 2, vehicle_number: 'X', price_per_hour: 12.5 }),
        ],
      },
      without,
    );
    const report = await move.run();
    expect(report.tables.reservations).toMatchObject({ imported: 1, refused: 0 });
    const [row] = move.query(
      'SELECT r.*, number FROM reservations r JOIN spots ON spots.id = spot_id',
    );
    expect(row).toMatchObject({
      number: 1,
      price_per_hour: 1250,
      cost: 2000,
      updated_at: row?.['left_at'],
    });
  });
});
