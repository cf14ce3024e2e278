import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A program's database as another process sees it. */
export interface DatabaseFile extends Disposable {
  /** Runs one statement without a result; returns how many rows it changed. */
  run(sql: string, ...values: readonly unknown[]): number;
  all<Row>(sql: string, ...values: readonly unknown[]): Row[];
  count(table: string, condition?: string): number;
}

export function openDatabase(dataDirectory: string): DatabaseFile {
  const connection = new Database(join(dataDirectory, 'vpms.db'), { timeout: 5_000 });
  return {
    run: (sql, ...values) => connection.prepare(sql).run(...values).changes,
    all: <Row>(sql: string, ...values: readonly unknown[]) =>
      connection.prepare(sql).all(...values) as Row[],
    count(table, condition = 'TRUE') {
      const sql = `SELECT COUNT(*) FROM ${table} WHERE ${condition}`;
      return Number(connection.prepare(sql).pluck().get());
    },
    [Symbol.dispose]: () => void connection.close(),
  };
}

interface ManyBookings {
  readonly username: string;
  readonly count: number;
}

/**
 * Gives a driver that many completed bookings in a lot of its own, an hour each, the newest one of
 * the highest id. Remarks differ, so that they do not compress to nothing.
 */
export function insertBookings(database: DatabaseFile, { username, count }: ManyBookings): void {
  database.run(`
    INSERT INTO lots (name, address, pin_code, price_per_hour, number_of_spots, created_at, updated_at)
    VALUES ('Bulk, "Central"', '1 Main Street', '110001', 5000, 1, 0, 0)`);
  database.run(`
    INSERT INTO spots (lot_id, number, status, created_at) SELECT MAX(id), 1, 'A', 0 FROM lots`);
  database.run(
    `WITH RECURSIVE step (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < ?)
    INSERT INTO reservations (spot_id, lot_id, user_id, parked_at, left_at, price_per_hour, cost,
      vehicle_number, remarks, created_at, updated_at)
    SELECT spots.id, spots.lot_id, accounts.id, n * 7200000, n * 7200000 + 3600000, 5000, 5000,
      'DL ' || n, hex(randomblob(20)), 0, 0
    FROM step, accounts, (SELECT MAX(id) AS id, MAX(lot_id) AS lot_id FROM spots) AS spots
    WHERE accounts.username = ? ORDER BY n`,
    count,
    username,
  );
}
