import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes } from './column-types.js';

/** Versions of tariffs, the version by which a booking is charged, and a lot's time zone and position. */
export class Tariffs1768003200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const { generatedId } = columnTypes(queryRunner);
    const statements = [
      // A version applies from valid_from until ends_at (src/parking/tariffs/versions/tariff-version.ts).
      `CREATE TABLE tariffs (
        id ${generatedId},
        lot_id bigint NOT NULL REFERENCES lots (id),
        version integer NOT NULL CHECK (version > 0),
        valid_from bigint NOT NULL,
        ends_at bigint NOT NULL,
        withdrawn_at bigint,
        time_zone text NOT NULL,
        price_per_hour bigint NOT NULL CHECK (price_per_hour >= 0),
        content text NOT NULL,
        created_at bigint NOT NULL,
        CHECK (ends_at >= valid_from),
        CHECK (withdrawn_at IS NULL OR ends_at = valid_from)
      )`,
      `CREATE UNIQUE INDEX tariffs_version_of_lot ON tariffs (lot_id, version)`,
      // Finds the current version in one step: only a pending version ends later.
      `CREATE INDEX tariffs_by_end ON tariffs (lot_id, ends_at)`,
      `CREATE INDEX tariffs_by_begin ON tariffs (valid_from)`,
      `ALTER TABLE reservations ADD COLUMN tariff_id bigint REFERENCES tariffs (id)`,
      `ALTER TABLE lots ADD COLUMN time_zone text`,
      `ALTER TABLE lots ADD COLUMN latitude double precision`,
      `ALTER TABLE lots ADD COLUMN longitude double precision`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      `ALTER TABLE lots DROP COLUMN longitude`,
      `ALTER TABLE lots DROP COLUMN latitude`,
      `ALTER TABLE lots DROP COLUMN time_zone`,
      `ALTER TABLE reservations DROP COLUMN tariff_id`,
      `DROP TABLE tariffs`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}
