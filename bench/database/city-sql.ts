import type { CitySize } from './city.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A past booking lasts up to three hours and begins within the first four of these. */
const SLOT = 8 * HOUR;
/** In minor units. */
const PRICE = 4_000;

/** The statements that fill empty tables, for SQLite and PostgreSQL alike. */
export function citySql(size: CitySize, now: number): string[] {
  const { lots, parkedPerLot, parkedInLastLot, spotsPerLot, drivers, exported } = size;
  if (drivers > lots * spotsPerLot) throw new Error('There are more drivers than spots');
  const parked = lots * parkedPerLot;
  return [
    addLots(size),
    addSpots(size),
    addAccounts('driver', drivers),
    addAccounts('parked', parked + parkedInLastLot),
    addAccounts('exporter', Math.min(1, exported)),
    addHistory(size, now),
    addExportedHistory(size),
    // One after another through the lots, on the lowest numbers.
    park(size, now, {
      from: 0,
      to: parked - 1,
      spot: `n % ${lots} * ${spotsPerLot} + n / ${lots}`,
    }),
    park(size, now, {
      from: parked,
      to: parked + parkedInLastLot - 1,
      spot: `n - ${parked} + ${(lots - 1) * spotsPerLot + parkedPerLot}`,
    }),
    `UPDATE spots SET status = 'O'
     WHERE id IN (SELECT spot_id FROM reservations WHERE left_at IS NULL)`,
  ];
}

/** Counted afterwards, by an index. */
export const TOTALS_SQL = `
  INSERT INTO driver_totals (user_id, bookings, spent)
  SELECT user_id, COUNT(*), COALESCE(SUM(cost), 0) FROM reservations GROUP BY user_id`;

function addLots({ lots, spotsPerLot }: CitySize): string {
  return `${steps(1, lots)}
    INSERT INTO lots
      (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
    SELECT 'Connaught Place Block ' || n, n || ' Radial Road, New Delhi', '110001', ${PRICE},
      ${spotsPerLot}, 0, 0
    FROM step ORDER BY n`;
}

/** Ids without a gap, lot by lot. */
function addSpots({ lots, spotsPerLot }: CitySize): string {
  return `${steps(0, lots * spotsPerLot - 1)}
    INSERT INTO spots (lot_id, number, status, created_at)
    SELECT lot + n / ${spotsPerLot}, n % ${spotsPerLot} + 1, 'A', 0
    FROM step, (SELECT MIN(id) AS lot FROM lots) AS first ORDER BY n`;
}

/** All with the admin's password: a hash for each of them would take longer than all else. */
function addAccounts(kind: string, count: number): string {
  return `${steps(1, count)}
    INSERT INTO accounts
      (username, username_key, email, email_key, password_hash, role, created_at, updated_at)
    SELECT name, name, name || '@example.com', name || '@example.com', hash, 'user', 0, 0
    FROM (SELECT n, '${kind}' || n AS name FROM step) AS named,
      (SELECT password_hash AS hash FROM accounts WHERE role = 'admin') AS admin
    ORDER BY n`;
}

/**
 * Past bookings in the order of time. In each slot of time every driver has one, on a spot of his
 * own that moves on from slot to slot.
 */
function addHistory(size: CitySize, now: number): string {
  const { drivers, bookingsPerDriver, lots, spotsPerLot } = size;
  const spots = lots * spotsPerLot;
  const begin = now - DAY - bookingsPerDriver * SLOT;
  const pause = Math.floor((4 * HOUR) / drivers);
  return addBookings(size, {
    count: steps(0, drivers * bookingsPerDriver - 1),
    kind: 'driver',
    driver: `n % ${drivers}`,
    spot: `(n % ${drivers} * ${Math.floor(spots / drivers)} + n / ${drivers}) % ${spots}`,
    parkedAt: `${begin} + n / ${drivers} * ${SLOT} + n % ${drivers} * ${pause}`,
    hours: 'n % 3 + 1',
  });
}

/** One after another on the first spot, so long ago that they are in nobody's way. */
function addExportedHistory(size: CitySize): string {
  return addBookings(size, {
    count: steps(1, size.exported),
    kind: 'exporter',
    driver: '0',
    spot: '0',
    parkedAt: `n * ${2 * HOUR}`,
    hours: '1',
  });
}

interface Stays {
  readonly from: number;
  readonly to: number;
  readonly spot: string;
}

/** Drivers who stand there since an hour, and stay. */
function park(size: CitySize, now: number, { from, to, spot }: Stays): string {
  const count = steps(from, to);
  return addBookings(size, { count, kind: 'parked', driver: 'n', spot, parkedAt: `${now - HOUR}` });
}

/** SQL expressions over `n`; driver and spot count from 0. */
interface Bookings {
  readonly count: string;
  /** Whose names begin with it. */
  readonly kind: string;
  readonly driver: string;
  readonly spot: string;
  readonly parkedAt: string;
  /** Started hours; left out while active. */
  readonly hours?: string;
}

function addBookings({ spotsPerLot }: CitySize, bookings: Bookings): string {
  const { count, kind, driver, spot, parkedAt, hours } = bookings;
  const leftAt = hours ? `parked + (${hours}) * ${HOUR} - 1` : 'NULL';
  return `${count}
    INSERT INTO reservations (spot_id, lot_id, user_id, parked_at, left_at, price_per_hour, cost,
      vehicle_number, remarks, created_at, updated_at)
    SELECT first.spot + stay.spot, first.lot + stay.spot / ${spotsPerLot}, first.driver + stay.driver,
      parked, ${leftAt}, ${PRICE}, ${hours ? `(${hours}) * ${PRICE}` : 'NULL'},
      'DL 01 ' || n, NULL, parked, ${hours ? leftAt : 'parked'}
    FROM (SELECT n, ${spot} AS spot, ${driver} AS driver, ${parkedAt} AS parked FROM step) AS stay,
      (SELECT (SELECT MIN(id) FROM spots) AS spot, (SELECT MIN(id) FROM lots) AS lot,
        (SELECT MIN(id) FROM accounts WHERE username LIKE '${kind}%') AS driver) AS first`;
}

/** The numbers from one to another one, both included, as a table `step (n)`. */
function steps(from: number, to: number): string {
  return `WITH RECURSIVE step (n) AS (
    SELECT CAST(${from} AS bigint) WHERE ${from} <= ${to}
    UNION ALL SELECT n + 1 FROM step WHERE n < ${to})`;
}
