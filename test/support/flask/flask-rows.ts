import { pbkdf2Sync, scryptSync } from 'node:crypto';
import type { FlaskCells } from './flask-database.js';

const CREATED = '2025-01-01 08:00:00.000000';

/** A scrypt hash in the format of Werkzeug, by default with Werkzeug's parameters. */
export function scryptHash(
  password: string,
  [n, r, p]: readonly [n: number, r: number, p: number] = [32_768, 8, 1],
): string {
  const salt = 'Zm9vYmFyYmF6cXV4';
  const maxmem = 256 * n * r;
  const key = scryptSync(password, salt, 64, { N: n, r, p, maxmem });
  return `scrypt:${n}:${r}:${p}$${salt}$${key.toString('hex')}`;
}

/** A PBKDF2 hash in the format of Werkzeug, by default with Werkzeug's parameters. */
export function pbkdf2Hash(password: string, digest = 'sha256', rounds = 600_000): string {
  const salt = 'Zm9vYmFy';
  const bytes = { sha1: 20, sha256: 32, sha512: 64 }[digest] ?? 32;
  const key = pbkdf2Sync(password, salt, rounds, bytes, digest);
  return `pbkdf2:${digest}:${rounds}$${salt}$${key.toString('hex')}`;
}

/** A cheap hash, for tests that are not about hashing. */
export const QUICK_HASH = pbkdf2Hash('flask123', 'sha256', 1);

export function flaskUser(id: number, cells: FlaskCells = {}): FlaskCells {
  return {
    id,
    username: `driver${id}`,
    email: `driver${id}@example.com`,
    password_hash: QUICK_HASH,
    role: 'user',
    created_at: CREATED,
    updated_at: CREATED,
    ...cells,
  };
}

export function flaskLot(id: number, cells: FlaskCells = {}): FlaskCells {
  return {
    id,
    prime_location_name: `Lot ${id}`,
    address: `${id} Main Street`,
    pin_code: '110001',
    price: 10,
    number_of_spots: 1,
    created_at: CREATED,
    updated_at: CREATED,
    ...cells,
  };
}

export function flaskSpot(id: number, cells: FlaskCells = {}): FlaskCells {
  return {
    id,
    lot_id: 1,
    status: 'A',
    spot_number: String(id),
    created_at: CREATED,
    ...cells,
  };
}

/** A booking of two hours, released and paid. */
export function flaskReservation(id: number, cells: FlaskCells = {}): FlaskCells {
  return {
    id,
    spot_id: 1,
    user_id: 1,
    parking_timestamp: '2025-02-01 10:00:00.000000',
    leaving_timestamp: '2025-02-01 12:00:00.000000',
    parking_cost: 20,
    price_per_hour: 10,
    remarks: null,
    vehicle_number: null,
    created_at: '2025-02-01 10:00:00.000000',
    updated_at: '2025-02-01 12:00:00.000000',
    ...cells,
  };
}

/** The cells of an active booking. */
export const ACTIVE: FlaskCells = {
  leaving_timestamp: null,
  parking_cost: null,
  updated_at: '2025-02-01 10:00:00.000000',
};
