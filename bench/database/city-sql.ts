import type { CitySize } from './city-size.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Length of a time slot. A past booking begins in the first 4 hours of its slot and lasts up to 3 hours. */
const SLOT = 8 * HOUR;
/** Price per hour in minor units. */
const PRICE = 4_000;

export interface CityContent {
  readonly size: CitySize;
  readonly now: number;
  /** Whether bookings have a status. Schemas of versions that cannot book ahead have none. */
  readonly hasStatus: boolean;
}

/** Statements that fill empty tables, for both databases. */
export function citySql(content: CityContent): string[] {
  const { size } = content;
  const { lots, parkedPerLot, parkedInLastLot, spotsPerLot, drivers, exportedBookings } = size;
  if (drivers > lots * spotsPerLot) throw new Error('There must be a spot for every driver');
  const parked = lots * parkedPerLot;
  return [
    addLots(size),
    addSpots(size),
    addAccounts('driver', drivers),
    addAccounts('parked', parked + parkedInLastLot),
    addAccounts('exporter', Math.min(1, exportedBookings)),
    addHistory(content),
    addExportedHistory(content),
    // Parked drivers are distributed over the lots, on the lowest spot numbers.
    addParkedDrivers(content, {
      from: 0,
      to: parked - 1,
      spot: `n % ${lots} * ${spotsPerLot} + n / ${lots}`,
    }),
    addParkedDrivers(content, {
      from: parked,
      to: parked + parkedInLastLot - 1,
      spot: `n - ${parked} + ${(lots - 1) * spotsPerLot + parkedPerLot}`,
    }),
    `UPDATE spots SET status = 'O'
     WHERE id IN (SELECT spot_id FROM reservations WHERE left_at IS NULL)`,
  ];
}

/** Runs after the indexes are created. */
export const TOTALS_SQL = `
  INSERT INTO driver_totals (user_id, bookings, spent)
  SELECT user_id, COUNT(*), COALESCE(SUM(cost), 0) FROM reservations GROUP BY user_id`;

function addLots({ lots, spotsPerLot }: CitySize): string {
  return `${numberTable(1, lots)}
    INSERT INTO lots
      (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
    SELECT 'Connaught Place Block ' || n, n || ' Radial Road, New Delhi', '110001', ${PRICE},
      ${spotsPerLot}, 0, 0
    FROM step ORDER BY n`;
}

/** The spots' ids are consecutive, lot by lot. */
function addSpots({ lots, spotsPerLot }: CitySize): string {
  return `${numberTable(0, lots * spotsPerLot - 1)}
    INSERT INTO spots (lot_id, number, status, created_at)
    SELECT lot + n / ${spotsPerLot}, n % ${spotsPerLot} + 1, 'A', 0
    FROM step, (SELECT MIN(id) AS lot FROM lots) AS first ORDER BY n`;
}

/** All accounts have the admin's password hash, because hashing for each would take too long. */
function addAccounts(usernamePrefix: string, count: number): string {
  return `${numberTable(1, count)}
    INSERT INTO accounts
      (username, username_key, email, email_key, password_hash, role, created_at, updated_at)
    SELECT name, name, name || '@example.com', name || '@example.com', hash, 'user', 0, 0
    FROM (SELECT n, '${usernamePrefix}' || n AS name FROM step) AS named,
      (SELECT password_hash AS hash FROM accounts WHERE role = 'admin') AS admin
    ORDER BY n`;
}

/**
 * Past bookings in chronological order. In each time slot, every driver has one booking, on a spot that
 * no other driver uses in that slot.
 */
function addHistory(content: CityContent): string {
  const { size, now } = content;
  const { drivers, bookingsPerDriver, lots, spotsPerLot } = size;
  const spots = lots * spotsPerLot;
  const begin = now - DAY - bookingsPerDriver * SLOT;
  const pause = Math.floor((4 * HOUR) / drivers);
  return addBookings(content, {
    count: numberTable(0, drivers * bookingsPerDriver - 1),
    usernamePrefix: 'driver',
    driver: `n % ${drivers}`,
    spot: `(n % ${drivers} * ${Math.floor(spots / drivers)} + n / ${drivers}) % ${spots}`,
    parkedAt: `${begin} + n / ${drivers} * ${SLOT} + n % ${drivers} * ${pause}`,
    hours: 'n % 3 + 1',
  });
}

/** Consecutive bookings on the first spot, long before all other bookings. */
function addExportedHistory(content: CityContent): string {
  return addBookings(content, {
    count: numberTable(1, content.size.exportedBookings),
    usernamePrefix: 'exporter',
    driver: '0',
    spot: '0',
    parkedAt: `n * ${2 * HOUR}`,
    hours: '1',
  });
}

interface ParkedDrivers {
  readonly from: number;
  readonly to: number;
  readonly spot: string;
}

/** Active bookings that began an hour ago. */
function addParkedDrivers(content: CityContent, { from, to, spot }: ParkedDrivers): string {
  const count = numberTable(from, to);
  return addBookings(content, {
    count,
    usernamePrefix: 'parked',
    driver: 'n',
    spot,
    parkedAt: `${content.now - HOUR}`,
  });
}

/** Bookings to insert, as SQL expressions of the number `n`. Drivers and spots are counted from 0. */
interface Bookings {
  readonly count: string;
  /** The bookings belong to accounts whose usernames start with this prefix. */
  readonly usernamePrefix: string;
  readonly driver: string;
  readonly spot: string;
  readonly parkedAt: string;
  /** Charged hours; undefined for active bookings. */
  readonly hours?: string;
}

function addBookings({ size, hasStatus }: CityContent, bookings: Bookings): string {
  const { count, usernamePrefix, driver, spot, parkedAt, hours } = bookings;
  const leftAt = hours ? `parked + (${hours}) * ${HOUR} - 1` : 'NULL';
  const status = hasStatus ? [`, status`, `, '${hours ? 'completed' : 'active'}'`] : [];
  return `${count}
    INSERT INTO reservations (spot_id, lot_id, user_id, parked_at, left_at, price_per_hour,
      cost, vehicle_number, remarks, created_at, updated_at${status[0] ?? ''})
    SELECT first.spot + stay.spot, first.lot + stay.spot / ${size.spotsPerLot}, first.driver + stay.driver,
      parked, ${leftAt}, ${PRICE}, ${hours ? `(${hours}) * ${PRICE}` : 'NULL'},
      'DL 01 ' || n, NULL, parked, ${hours ? leftAt : 'parked'}${status[1] ?? ''}
    FROM (SELECT n, ${spot} AS spot, ${driver} AS driver, ${parkedAt} AS parked FROM step) AS stay,
      (SELECT (SELECT MIN(id) FROM spots) AS spot, (SELECT MIN(id) FROM lots) AS lot,
        (SELECT MIN(id) FROM accounts WHERE username LIKE '${usernamePrefix}%') AS driver) AS first`;
}

/** A table `step (n)` with the numbers from `from` to `to`, both inclusive. */
function numberTable(from: number, to: number): string {
  return `WITH RECURSIVE step (n) AS (
    SELECT CAST(${from} AS bigint) WHERE ${from} <= ${to}
    UNION ALL SELECT n + 1 FROM step WHERE n < ${to})`;
}
