import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes } from './column-types.js';

/**
 * Instants are integer milliseconds since 1970 UTC, money is an integer of minor units. The partial
 * unique indexes make a double booking impossible even if the code has an error.
 */
export class InitialSchema1767225600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const { generatedId, bytes } = columnTypes(queryRunner);
    const statements = [
      `CREATE TABLE accounts (
        id ${generatedId},
        username text NOT NULL,
        username_key text NOT NULL,
        email text NOT NULL,
        email_key text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL CHECK (role IN ('admin', 'user')),
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL
      )`,
      `CREATE UNIQUE INDEX accounts_username ON accounts (username_key)`,
      `CREATE UNIQUE INDEX accounts_email ON accounts (email_key)`,
      `CREATE INDEX accounts_by_role ON accounts (role, id)`,

      `CREATE TABLE sessions (
        id text PRIMARY KEY,
        account_id bigint NOT NULL REFERENCES accounts (id),
        expires_at bigint NOT NULL
      )`,
      `CREATE INDEX sessions_by_account ON sessions (account_id)`,
      `CREATE INDEX sessions_by_expiry ON sessions (expires_at)`,

      `CREATE TABLE lots (
        id ${generatedId},
        name text NOT NULL,
        address text NOT NULL,
        pin_code text NOT NULL,
        price_per_hour bigint NOT NULL CHECK (price_per_hour >= 0),
        number_of_spots integer NOT NULL CHECK (number_of_spots > 0),
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        retired_at bigint
      )`,

      `CREATE TABLE spots (
        id ${generatedId},
        lot_id bigint NOT NULL REFERENCES lots (id),
        number integer NOT NULL CHECK (number > 0),
        status text NOT NULL DEFAULT 'A' CHECK (status IN ('A', 'O')),
        created_at bigint NOT NULL,
        retired_at bigint,
        CHECK (retired_at IS NULL OR status = 'A')
      )`,
      `CREATE UNIQUE INDEX spots_number_in_lot ON spots (lot_id, number)`,
      `CREATE INDEX spots_free ON spots (lot_id, number) WHERE status = 'A' AND retired_at IS NULL`,

      `CREATE TABLE reservations (
        id ${generatedId},
        spot_id bigint NOT NULL REFERENCES spots (id),
        lot_id bigint NOT NULL REFERENCES lots (id),
        user_id bigint NOT NULL REFERENCES accounts (id),
        parked_at bigint NOT NULL,
        left_at bigint,
        price_per_hour bigint NOT NULL CHECK (price_per_hour >= 0),
        cost bigint CHECK (cost >= 0),
        vehicle_number text,
        remarks text,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        CHECK (left_at IS NULL OR left_at >= parked_at),
        CHECK ((left_at IS NULL) = (cost IS NULL))
      )`,
      `CREATE UNIQUE INDEX reservations_active_spot ON reservations (spot_id) WHERE left_at IS NULL`,
      `CREATE UNIQUE INDEX reservations_active_user ON reservations (user_id) WHERE left_at IS NULL`,
      `CREATE INDEX reservations_active_by_lot ON reservations (lot_id) WHERE left_at IS NULL`,
      `CREATE INDEX reservations_history ON reservations (user_id, parked_at, id)`,
      `CREATE INDEX reservations_events ON reservations (COALESCE(left_at, parked_at), id)`,

      // A driver's number of bookings and amount paid, updated in the transaction that changes
      // them.
      `CREATE TABLE driver_totals (
        user_id bigint PRIMARY KEY REFERENCES accounts (id),
        bookings integer NOT NULL CHECK (bookings >= 0),
        spent bigint NOT NULL CHECK (spent >= 0)
      )`,

      `CREATE TABLE exports (
        id text PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES accounts (id),
        status text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
        total_bookings integer,
        processed integer NOT NULL DEFAULT 0,
        attempt integer NOT NULL DEFAULT 0,
        error text,
        created_at bigint NOT NULL,
        finished_at bigint,
        expires_at bigint
      )`,
      `CREATE UNIQUE INDEX exports_unfinished_user ON exports (user_id)
        WHERE status IN ('pending', 'processing')`,
      `CREATE INDEX exports_by_creation ON exports (created_at)`,
      `CREATE TABLE export_chunks (
        export_id text NOT NULL REFERENCES exports (id),
        position integer NOT NULL,
        bytes ${bytes} NOT NULL,
        PRIMARY KEY (export_id, position)
      )`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const tables = ['export_chunks', 'exports', 'driver_totals', 'reservations', 'spots', 'lots'];
    for (const table of [...tables, 'sessions', 'accounts']) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}
