import type { FlaskContent } from './flask-database.js';
import {
  ACTIVE,
  flaskLot,
  flaskReservation,
  flaskSpot,
  flaskUser,
  scryptHash,
} from './flask-rows.js';

/** A file with each defect that the import has a rule for (docs/moving-from-flask.md). */
export const EVERY_DEFECT: FlaskContent = {
  users: [
    flaskUser(1, { username: 'boss', role: 'admin', password_hash: scryptHash('boss123') }),
    flaskUser(2, { username: 'Bob', created_at: '2025-11-26 21:19:58.057999' }),
    flaskUser(3, { username: 'bob', email: 'DRIVER2@example.com' }),
    flaskUser(4, { username: 'Zoë Müller', email: 'not an address', role: 'guest' }),
    flaskUser(5, { password_hash: 'md5$salt$00', created_at: 'soon', updated_at: null }),
    flaskUser(6, { password_hash: null }),
    flaskUser(-7),
  ],
  parking_lots: [
    flaskLot(1, { price: 16.499999, number_of_spots: 9 }),
    flaskLot(2, { price: -5, prime_location_name: 'a\u0000b', created_at: null }),
  ],
  parking_spots: [
    flaskSpot(1, { status: 'O' }),
    flaskSpot(2, { status: 'A', spot_number: '1' }),
    flaskSpot(3, { status: 'O', spot_number: null }),
    flaskSpot(4, { lot_id: 99 }),
  ],
  reservations: [
    flaskReservation(1, { ...ACTIVE, user_id: 2, spot_id: 1 }),
    flaskReservation(2, {
      ...ACTIVE,
      user_id: 3,
      spot_id: 1,
      parking_timestamp: '2025-02-01 12:30:00.057133',
    }),
    flaskReservation(3, {
      ...ACTIVE,
      user_id: 3,
      spot_id: 2,
      parking_timestamp: '2025-02-01 13:00:00',
      price_per_hour: null,
    }),
    flaskReservation(4, { user_id: 2, spot_id: 77 }),
    flaskReservation(5, { user_id: 88, spot_id: 2 }),
    flaskReservation(6, { ...ACTIVE, user_id: null, spot_id: null }),
    flaskReservation(7, { user_id: 2, spot_id: 4, parking_cost: 16.499999, price_per_hour: 2.675 }),
    flaskReservation(8, { user_id: 2, parking_cost: null, price_per_hour: 2e6 }),
    flaskReservation(9, { user_id: 2, leaving_timestamp: '2025-02-01 09:00:00' }),
    flaskReservation(10, { user_id: 2, parking_timestamp: 'x', leaving_timestamp: '2025-02-30' }),
    flaskReservation(11, { user_id: 2, remarks: 'bell \u0007, tab \t, \\N' }),
    flaskReservation(12, {
      parking_timestamp: 'x',
      leaving_timestamp: 'x',
      created_at: null,
      updated_at: null,
    }),
  ],
};
