import { forgeToken } from '../app/tokens.js';
import type { CrashEnvironment } from './environment.js';
import { HOUR } from '../../../src/platform/time/durations.js';

export interface CrashDriver {
  readonly id: number;
  readonly token: string;
}

/** Adds logged-in drivers, without the cost of hashing passwords. */
export async function addDrivers(
  site: CrashEnvironment,
  name: string,
  count: number,
): Promise<CrashDriver[]> {
  const names = Array.from({ length: count }, (_, number) => `${name}${number}`);
  const accounts = names.map(
    (one) => `('${one}', '${one}', '${one}@x.org', '${one}@x.org', '-', 'user', 0, 0)`,
  );
  const rows = await site.query<{ id: number }>(`
    INSERT INTO accounts
      (username, username_key, email, email_key, password_hash, role, created_at, updated_at)
    VALUES ${accounts.join(', ')} RETURNING id`);
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const sessions = rows.map(({ id }) => `('of-${id}', ${id}, ${exp * 1000})`);
  await site.query(
    `INSERT INTO sessions (id, account_id, expires_at) VALUES ${sessions.join(', ')}`,
  );
  return rows.map(({ id }) => {
    const claims = { sub: String(id), jti: `of-${id}`, role: 'user', iss: 'vpms' };
    return { id, token: forgeToken({ claims: { ...claims, iat: exp - 3_600, exp } }) };
  });
}

/** Inserts the given number of one-hour stays for each driver, on a spot of a separate lot. */
export async function addHistory(
  site: CrashEnvironment,
  people: readonly CrashDriver[],
  bookings: number,
): Promise<void> {
  for (const { id } of people) {
    const steps = [
      `INSERT INTO lots
        (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
      VALUES ('Of old', 'Veteran ${id}', '110001', 5000, 1, 0, 0)`,
      `INSERT INTO spots (lot_id, number, status, created_at)
      SELECT id, 1, 'A', 0 FROM lots WHERE address = 'Veteran ${id}'`,
      `WITH RECURSIVE step (n) AS (
        SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM step WHERE n < ${bookings})
      INSERT INTO reservations (spot_id, lot_id, user_id, parked_at, left_at, price_per_hour, cost,
        vehicle_number, created_at, updated_at)
      SELECT spots.id, lot_id, ${id}, n * ${2 * HOUR}, n * ${2 * HOUR} + ${HOUR}, 5000, 5000,
        'DL ' || n, 0, 0
      FROM step, lots JOIN spots ON spots.lot_id = lots.id
      WHERE address = 'Veteran ${id}' ORDER BY n`,
      `INSERT INTO driver_totals (user_id, bookings, spent)
      VALUES (${id}, ${bookings}, ${bookings * 5000})`,
    ];
    for (const sql of steps) await site.query(sql);
  }
}
