import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes that find plates older than `PLATE_RETENTION_DAYS` in bookings, events at gates and exports. */
export class PlateRetention1768608000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      `CREATE INDEX reservations_old_plates ON reservations (COALESCE(ended_at, left_at))
        WHERE vehicle_number IS NOT NULL AND left_at IS NOT NULL`,
      `CREATE INDEX gate_events_old_plates ON gate_events (at) WHERE plate IS NOT NULL`,
      // Null if the file has the plates of all bookings.
      `ALTER TABLE exports ADD COLUMN plates_after bigint`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'ALTER TABLE exports DROP COLUMN plates_after',
      'DROP INDEX gate_events_old_plates',
      'DROP INDEX reservations_old_plates',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}
