import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes } from './column-types.js';

/** The condition is a CASE, because SQLite builds a table for each list of IN whenever it checks a row. */
const VALID = `
  CASE status
    WHEN 'active' THEN left_at IS NULL AND ended_at IS NULL AND due_at IS NULL
    WHEN 'completed' THEN left_at IS NOT NULL AND ended_at IS NULL AND due_at IS NULL
      AND claim_from IS NULL
    WHEN 'held' THEN left_at IS NOT NULL AND ended_at IS NULL AND due_at IS NOT NULL
      AND reserved_from IS NOT NULL AND hold_expires_at IS NOT NULL
    WHEN 'reserved' THEN left_at IS NOT NULL AND ended_at IS NULL AND due_at IS NOT NULL
      AND reserved_from IS NOT NULL
    ELSE status IN ('cancelled', 'expired', 'no_show') AND left_at IS NOT NULL
      AND ended_at IS NOT NULL AND due_at IS NULL AND reserved_from IS NOT NULL AND claim_from IS NULL
  END
  AND (reserved_from IS NULL) = (reserved_until IS NULL)
  AND (reserved_from IS NULL OR reserved_until > reserved_from)
  AND (claim_from IS NULL) = (claim_until IS NULL)
  AND (claim_from IS NULL OR claim_until > claim_from)
  AND (due_at IS NULL OR due_at <= lapses_at)`;

/**
 * Bookings ahead: their status, window and claim, and the policies of lots. No existing column changes, so no
 * large table is rewritten, and the previous version can still book and release.
 */
export class BookingAhead1768089600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const { generatedId } = columnTypes(queryRunner);
    const statements = [
      `CREATE TABLE policies (
        id ${generatedId},
        lot_id bigint NOT NULL REFERENCES lots (id),
        walk_in_minutes integer NOT NULL CHECK (walk_in_minutes > 0),
        content text NOT NULL,
        created_at bigint NOT NULL
      )`,
      `ALTER TABLE lots ADD COLUMN policy_id bigint REFERENCES policies (id)`,
      `ALTER TABLE reservations ADD COLUMN policy_id bigint REFERENCES policies (id)`,

      // Nearly all existing rows are completed, and the default needs no rewrite of the table.
      `ALTER TABLE reservations ADD COLUMN status text NOT NULL DEFAULT 'completed'`,
      `UPDATE reservations SET status = 'active' WHERE left_at IS NULL`,
      `ALTER TABLE reservations ADD COLUMN reserved_from bigint`,
      `ALTER TABLE reservations ADD COLUMN reserved_until bigint`,
      `ALTER TABLE reservations ADD COLUMN hold_expires_at bigint`,
      `ALTER TABLE reservations ADD COLUMN lapses_at bigint`,
      `ALTER TABLE reservations ADD COLUMN ended_at bigint`,
      `ALTER TABLE reservations ADD COLUMN claim_from bigint`,
      `ALTER TABLE reservations ADD COLUMN claim_until bigint`,
      // One check covers all columns, because SQLite reads the whole table for each added check.
      `ALTER TABLE reservations ADD COLUMN due_at bigint CHECK (${VALID})`,

      `CREATE INDEX reservations_fees ON reservations (user_id, ended_at) WHERE ended_at IS NOT NULL`,
      `CREATE INDEX reservations_by_start ON reservations (parked_at, id)`,
      `CREATE INDEX reservations_ahead_by_lot ON reservations (lot_id, claim_from)
        WHERE status IN ('held', 'reserved')`,
      `CREATE INDEX reservations_ahead_by_driver ON reservations (user_id)
        WHERE status IN ('held', 'reserved')`,
      `CREATE INDEX reservations_claims ON reservations (spot_id, claim_from)
        WHERE claim_from IS NOT NULL`,
      `CREATE INDEX reservations_due ON reservations (due_at) WHERE due_at IS NOT NULL`,
      ...(isPostgres ? POSTGRES : SQLITE),
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const statements = [
      ...(isPostgres ? POSTGRES_UNDO : SQLITE_UNDO),
      'DROP INDEX reservations_by_start',
      'DROP INDEX reservations_fees',
      'DROP INDEX reservations_due',
      'DROP INDEX reservations_claims',
      'DROP INDEX reservations_ahead_by_driver',
      'DROP INDEX reservations_ahead_by_lot',
      ...COLUMNS_UNDO.map((column) => `ALTER TABLE reservations DROP COLUMN ${column}`),
      'ALTER TABLE lots DROP COLUMN policy_id',
      'DROP TABLE policies',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}

/** Each column is dropped before the columns that its check refers to. */
const COLUMNS_UNDO = [
  'due_at',
  'claim_until',
  'claim_from',
  'ended_at',
  'lapses_at',
  'hold_expires_at',
  'reserved_until',
  'reserved_from',
  'status',
  'policy_id',
];

/** Two claims of a spot never overlap, even if the code has an error. */
const POSTGRES = [
  'CREATE EXTENSION IF NOT EXISTS btree_gist',
  `ALTER TABLE reservations ADD CONSTRAINT reservations_claims_apart
    EXCLUDE USING gist (spot_id WITH =, int8range(claim_from, claim_until) WITH &&)
    WHERE (claim_from IS NOT NULL)`,
  // The default and the trigger serve instances of the previous version, whose statements do not
  // set the status.
  `ALTER TABLE reservations ALTER COLUMN status SET DEFAULT 'active'`,
  `CREATE FUNCTION complete_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.status := 'completed';
      NEW.claim_from := NULL;
      NEW.claim_until := NULL;
      NEW.due_at := NULL;
      RETURN NEW;
    END $$`,
  `CREATE TRIGGER reservations_complete BEFORE INSERT OR UPDATE ON reservations FOR EACH ROW
    WHEN (NEW.left_at IS NOT NULL AND NEW.status = 'active')
    EXECUTE FUNCTION complete_reservation()`,
];
const POSTGRES_UNDO = [
  'DROP TRIGGER reservations_complete ON reservations',
  'DROP FUNCTION complete_reservation()',
  'ALTER TABLE reservations DROP CONSTRAINT reservations_claims_apart',
];

const OVERLAPPING = `
  SELECT RAISE(ABORT, 'claims of a spot overlap') FROM reservations
  WHERE spot_id = NEW.spot_id AND claim_from < NEW.claim_until
    AND claim_until > NEW.claim_from AND id <> NEW.id`;
const SQLITE = [
  `CREATE TRIGGER reservations_claims_apart_insert BEFORE INSERT ON reservations
    WHEN NEW.claim_from IS NOT NULL BEGIN ${OVERLAPPING}; END`,
  `CREATE TRIGGER reservations_claims_apart_update
    BEFORE UPDATE OF spot_id, claim_from, claim_until ON reservations
    WHEN NEW.claim_from IS NOT NULL BEGIN ${OVERLAPPING}; END`,
];
const SQLITE_UNDO = [
  'DROP TRIGGER reservations_claims_apart_update',
  'DROP TRIGGER reservations_claims_apart_insert',
];
