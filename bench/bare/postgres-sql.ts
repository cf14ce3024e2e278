const LOTS = `
  SELECT id, name, address, pin_code AS "pinCode", price_per_hour AS price,
    number_of_spots AS spots, time_zone AS "timeZone", latitude, longitude, created_at AS "createdAt",
    updated_at AS "updatedAt",
    (SELECT COUNT(*) FROM reservations WHERE lot_id = lots.id AND left_at IS NULL) AS occupied
  FROM lots WHERE retired_at IS NULL`;
const BOOKING = `
  SELECT r.id, r.spot_id AS "spotId", spots.number AS "spotNumber", r.lot_id AS "lotId",
    lots.name AS "lotName", lots.address, r.user_id AS "userId", r.parked_at AS "parkedAt",
    r.left_at AS "leftAt", r.price_per_hour AS price, lots.price_per_hour AS "currentPrice",
    r.cost, r.vehicle_number AS "vehicleNumber", r.remarks, r.created_at AS "createdAt",
    r.updated_at AS "updatedAt"
  FROM reservations r
  JOIN spots ON spots.id = r.spot_id
  JOIN lots ON lots.id = r.lot_id`;

/** The statements on PostgreSQL, with `?` for parameters. */
export const STATEMENTS = {
  session: `
    SELECT accounts.id, accounts.role
    FROM sessions JOIN accounts ON accounts.id = sessions.account_id WHERE sessions.id = ?`,
  account: `
    SELECT id, username, email, role, password_hash AS "passwordHash", created_at AS "createdAt",
      updated_at AS "updatedAt"
    FROM accounts WHERE username_key = ?`,
  openSession: `INSERT INTO sessions (id, account_id, expires_at) VALUES (?, ?, ?)`,
  lots: `${LOTS} ORDER BY id`,
  statistics: `
    SELECT (SELECT COUNT(*) FROM lots WHERE retired_at IS NULL) AS lots,
      (SELECT SUM(number_of_spots) FROM lots WHERE retired_at IS NULL) AS spots,
      (SELECT COUNT(*) FROM accounts WHERE role = 'user') AS users,
      (SELECT COUNT(*) FROM reservations WHERE left_at IS NULL) AS active,
      (SELECT SUM(spent) FROM driver_totals) AS revenue`,
  booking: `${BOOKING} WHERE r.id = ?`,
  bookings: `${BOOKING} WHERE r.user_id = ? ORDER BY r.parked_at DESC, r.id DESC LIMIT 500`,
  lotPrice: `
    SELECT price_per_hour AS price FROM lots WHERE id = ? AND retired_at IS NULL
    FOR KEY SHARE`,
  activeOf: `SELECT 1 FROM reservations WHERE user_id = ? AND left_at IS NULL`,
  takeSpot: `
    UPDATE spots SET status = 'O' WHERE id = (
      SELECT id FROM spots WHERE lot_id = ? AND status = 'A' AND retired_at IS NULL
      ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id`,
  reserve: `
    INSERT INTO reservations (status, spot_id, lot_id, user_id, parked_at, price_per_hour,
      vehicle_number, created_at, updated_at)
    VALUES ('active', ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  countBooking: `
    INSERT INTO driver_totals (user_id, bookings, spent) VALUES (?, 1, 0)
    ON CONFLICT (user_id) DO UPDATE SET bookings = driver_totals.bookings + 1`,
  stay: `
    SELECT spot_id AS "spotId", parked_at AS "parkedAt", price_per_hour AS price
    FROM reservations WHERE id = ? AND user_id = ?`,
  leave: `
    UPDATE reservations SET status = 'completed', left_at = ?, cost = ?, updated_at = ?
    WHERE id = ? AND left_at IS NULL RETURNING id`,
  freeSpot: `UPDATE spots SET status = 'A' WHERE id = ?`,
  countSpending: `UPDATE driver_totals SET spent = spent + ? WHERE user_id = ?`,
};
