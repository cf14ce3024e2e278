/** ISO text of an instant in ms; null if it is null. */
const iso = (column: string) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
/** Major units of an amount in minor units, without a decimal point if it is whole. */
const major = (amount: string) =>
  `CASE (${amount}) % 100 WHEN 0 THEN (${amount}) / 100 ELSE (${amount}) / 100.0 END`;

const jsonFields = (fields: string) => `TRIM(json_object(${fields}), '{}')`;

/**
 * The tables that the bare server adds: counters, and the JSON of each lot before and after its counters.
 * No route of the bare server changes that JSON.
 */
export const TABLES = `
  CREATE TABLE bare_lots (id INTEGER PRIMARY KEY, spots INTEGER NOT NULL, occupied INTEGER NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL) STRICT;
  INSERT INTO bare_lots SELECT id, number_of_spots,
    (SELECT COUNT(*) FROM reservations WHERE lot_id = lots.id AND left_at IS NULL),
    ${jsonFields(`'id', id, 'prime_location_name', name, 'address', address, 'pin_code', pin_code,
      'price', ${major('price_per_hour')}, 'tariff_id', NULL,
      'time_zone', COALESCE(time_zone, 'UTC'), 'latitude', latitude, 'longitude', longitude,
      'number_of_spots', number_of_spots`)},
    ${jsonFields(`'reserved_spots', 0, 'created_at', ${iso('created_at')},
      'updated_at', ${iso('updated_at')}`)}
    FROM lots WHERE retired_at IS NULL;
  CREATE TABLE bare_totals (id INTEGER PRIMARY KEY, lots INTEGER NOT NULL, spots INTEGER NOT NULL,
    users INTEGER NOT NULL, active INTEGER NOT NULL, revenue INTEGER NOT NULL) STRICT;
  INSERT INTO bare_totals SELECT 1, COUNT(*), SUM(spots),
    (SELECT COUNT(*) FROM accounts WHERE role = 'user'),
    SUM(occupied), (SELECT SUM(spent) FROM driver_totals) FROM bare_lots`;

const lotsThat = (condition: string) => `
  SELECT '[' || COALESCE(GROUP_CONCAT(lot), '') || ']' FROM (
    SELECT '{' || before || ',"available_spots":' || (spots - occupied) || ',"occupied_spots":' ||
      occupied || ',' || after || '}' AS lot
    FROM bare_lots WHERE ${condition} ORDER BY id LIMIT 500)`;

/** The cost of a completed booking; for an active one, the cost of the started hours until `:now`. */
const SO_FAR = `COALESCE(r.cost, r.price_per_hour * MAX(1, (:now - r.parked_at + 3599999) / 3600000))`;
const BOOKING = `json_object('id', r.id, 'spot_id', r.spot_id,
  'spot_number', CAST(spots.number AS TEXT), 'lot_id', r.lot_id, 'lot_name', lots.name,
  'address', lots.address, 'user_id', r.user_id, 'parking_timestamp', ${iso('r.parked_at')},
  'leaving_timestamp', ${iso('r.left_at')}, 'reserved_from', NULL, 'reserved_until', NULL,
  'hold_expires_at', NULL, 'cancelled_at', NULL,
  'duration_hours', ROUND(MAX(0, COALESCE(r.left_at, :now) - r.parked_at) / 3600000.0, 2),
  'price_per_hour', ${major('r.price_per_hour')}, 'tariff_id', NULL,
  'price', ${major('lots.price_per_hour')}, 'parking_cost', ${major('COALESCE(r.cost, 0)')},
  'cost_so_far', ${major(SO_FAR)}, 'vehicle_number', r.vehicle_number, 'remarks', r.remarks,
  'status', r.status, 'created_at', ${iso('r.created_at')}, 'updated_at', ${iso('r.updated_at')})`;
const FROM = `
  FROM reservations r JOIN spots ON spots.id = r.spot_id JOIN lots ON lots.id = r.lot_id`;

/** The statements on SQLite. Those whose rows are responses return JSON. */
export const STATEMENTS = {
  session: `
    SELECT accounts.id, accounts.role
    FROM sessions JOIN accounts ON accounts.id = sessions.account_id WHERE sessions.id = ?`,
  account: `
    SELECT id, username, email, role, password_hash AS "passwordHash", created_at AS "createdAt",
      updated_at AS "updatedAt"
    FROM accounts WHERE username_key = ?`,
  openSession: `INSERT INTO sessions (id, account_id, expires_at) VALUES (?, ?, ?)`,
  availableLots: lotsThat('occupied < spots'),
  lots: lotsThat('TRUE'),
  statistics: `
    SELECT json_object('totalLots', lots, 'totalSpots', spots, 'occupiedSpots', active,
      'availableSpots', spots - active, 'totalUsers', users, 'activeReservations', active,
      'totalRevenue', ${major('revenue')}) FROM bare_totals`,
  booking: `SELECT ${BOOKING} ${FROM} WHERE r.id = :id`,
  released: `SELECT json_set(${BOOKING}, '$.cost', ${major('r.cost')}) ${FROM} WHERE r.id = :id`,
  bookings: `
    SELECT '[' || COALESCE(GROUP_CONCAT(booking), '') || ']' FROM (
      SELECT ${BOOKING} AS booking ${FROM} WHERE r.user_id = :userId
      ORDER BY r.parked_at DESC, r.id DESC LIMIT 500)`,
  lotPrice: `SELECT price_per_hour FROM lots WHERE id = ? AND retired_at IS NULL`,
  activeOf: `SELECT 1 FROM reservations WHERE user_id = ? AND left_at IS NULL`,
  takeSpot: `
    UPDATE spots SET status = 'O' WHERE id = (
      SELECT id FROM spots WHERE lot_id = ? AND status = 'A' AND retired_at IS NULL
      ORDER BY number LIMIT 1)
    RETURNING id`,
  reserve: `
    INSERT INTO reservations (status, spot_id, lot_id, user_id, parked_at, price_per_hour,
      vehicle_number, created_at, updated_at)
    VALUES ('active', :spotId, :lotId, :userId, :now, :price, :vehicleNumber, :now, :now)`,
  countBooking: `
    INSERT INTO driver_totals (user_id, bookings, spent) VALUES (?, 1, 0)
    ON CONFLICT (user_id) DO UPDATE SET bookings = driver_totals.bookings + 1`,
  occupy: `UPDATE bare_lots SET occupied = occupied + ? WHERE id = ?`,
  countActive: `UPDATE bare_totals SET active = active + ?, revenue = revenue + ?`,
  stay: `
    SELECT spot_id AS "spotId", lot_id AS "lotId", parked_at AS "parkedAt", price_per_hour AS price
    FROM reservations WHERE id = ? AND user_id = ?`,
  leave: `
    UPDATE reservations SET status = 'completed', left_at = :now, cost = :cost, updated_at = :now
    WHERE id = :id AND left_at IS NULL`,
  freeSpot: `UPDATE spots SET status = 'A' WHERE id = ?`,
  countSpending: `UPDATE driver_totals SET spent = spent + ? WHERE user_id = ?`,
};
