import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes } from './column-types.js';

/**
 * Vehicles of drivers, gates with their keys, and what happened at them. Bookings get the key of their
 * plate; a job fills it for existing bookings.
 */
export class Gates1768262400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const { generatedId } = columnTypes(queryRunner);
    const statements = [
      `CREATE TABLE vehicles (
        id ${generatedId},
        user_id bigint NOT NULL REFERENCES accounts (id),
        plate text NOT NULL,
        plate_key text NOT NULL CHECK (plate_key <> ''),
        label text,
        opens_gates integer NOT NULL CHECK (opens_gates IN (0, 1)),
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        UNIQUE (user_id, plate_key)
      )`,
      // A plate opens gates for at most one account.
      `CREATE UNIQUE INDEX vehicles_open ON vehicles (plate_key) WHERE opens_gates = 1`,

      `ALTER TABLE reservations ADD COLUMN plate_key text`,
      `CREATE INDEX reservations_by_plate ON reservations (plate_key, parked_at, id)
        WHERE plate_key IS NOT NULL`,
      // Each job handles some bookings and schedules the next job, for smaller ids, until all bookings have
      // their key.
      `INSERT INTO jobs (id, name, dedup_key, payload, run_at, status, attempts, created_at)
        SELECT 'fill-plate-keys', 'plate-keys', 'first', '{"v":1}', 0, 'pending', 0, 0
        WHERE EXISTS (SELECT 1 FROM reservations)`,

      `CREATE TABLE gates (
        id ${generatedId},
        lot_id bigint NOT NULL REFERENCES lots (id),
        name text NOT NULL,
        direction text NOT NULL CHECK (direction IN ('in', 'out', 'both')),
        key_digest text UNIQUE,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        deleted_at bigint,
        CHECK ((deleted_at IS NULL) = (key_digest IS NOT NULL))
      )`,
      `CREATE INDEX gates_by_lot ON gates (lot_id) WHERE deleted_at IS NULL`,
      // No foreign key refers to the lot, because each insert would then lock the lot and wait for
      // bookings ahead. The gate refers to its lot.
      `CREATE TABLE gate_events (
        id ${generatedId},
        gate_id bigint NOT NULL REFERENCES gates (id),
        lot_id bigint NOT NULL,
        direction text NOT NULL CHECK (direction IN ('in', 'out', 'both')),
        event_id text,
        plate text,
        plate_key text,
        at bigint NOT NULL,
        received_at bigint NOT NULL,
        action text NOT NULL CHECK (action IN ('open', 'refuse')),
        reason text NOT NULL,
        booking_id bigint REFERENCES reservations (id),
        spot_number bigint,
        cost bigint,
        note text,
        CHECK ((event_id IS NULL) = (reason = 'BY_HAND')),
        CHECK ((note IS NOT NULL) = (reason = 'BY_HAND'))
      )`,
      `CREATE INDEX gate_events_by_event ON gate_events (gate_id, event_id, received_at)
        WHERE event_id IS NOT NULL`,
      `CREATE INDEX gate_events_by_time ON gate_events (received_at, id)`,
      `CREATE INDEX gate_events_by_plate ON gate_events (plate_key, at) WHERE plate_key IS NOT NULL`,
      `CREATE INDEX gate_events_by_booking ON gate_events (booking_id) WHERE booking_id IS NOT NULL`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'DROP TABLE gate_events',
      'DROP TABLE gates',
      `DELETE FROM jobs WHERE name = 'plate-keys'`,
      'DROP INDEX reservations_by_plate',
      'ALTER TABLE reservations DROP COLUMN plate_key',
      'DROP TABLE vehicles',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}
