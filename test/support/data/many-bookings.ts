import { ON_POSTGRES, queryDatabase } from './test-database.js';

interface ManyBookings {
  readonly username: string;
  readonly count: number;
}

/**
 * Inserts the given number of completed one-hour bookings of a driver in a new lot; the newest has the
 * highest id. Remarks are random, so that compression hardly shortens them.
 */
export async function insertBookings(
  { dataDirectory }: { readonly dataDirectory: string },
  { username, count }: ManyBookings,
): Promise<void> {
  const remarks = ON_POSTGRES ? 'md5(random()::text)' : 'hex(randomblob(16))';
  const steps = [
    `INSERT INTO lots (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
    VALUES ('Bulk, "Central"', '1 Main Street', '110001', 5000, 1, 0, 0)`,
    `INSERT INTO spots (lot_id, number, status, created_at) SELECT MAX(id), 1, 'A', 0 FROM lots`,
    `WITH RECURSIVE step (n) AS (
      SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM step WHERE n < ${count})
    INSERT INTO reservations (spot_id, lot_id, user_id, parked_at, left_at, price_per_hour, cost,
      vehicle_number, remarks, created_at, updated_at)
    SELECT spots.id, spots.lot_id, accounts.id, n * 7200000, n * 7200000 + 3600000, 5000, 5000,
      'DL ' || n, ${remarks}, 0, 0
    FROM step, accounts, (SELECT MAX(id) AS id, MAX(lot_id) AS lot_id FROM spots) AS spots
    WHERE accounts.username = '${username}' ORDER BY n`,
  ];
  for (const sql of steps) await queryDatabase(dataDirectory, sql);
}
