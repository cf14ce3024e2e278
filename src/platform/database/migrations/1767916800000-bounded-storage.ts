import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Columns and indexes that limit exports and mails, find deliveries by age, and find stays by their
 * end.
 */
export class BoundedStorage1767916800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      // The source of the file, which shows whether a new file would be the same.
      `ALTER TABLE exports ADD COLUMN source text`,
      `CREATE INDEX exports_of_driver ON exports (user_id, created_at)`,
      // Finds the stays that ended in a month, whenever they began.
      `CREATE INDEX reservations_by_end ON reservations (user_id, left_at)
        WHERE left_at IS NOT NULL`,
      `CREATE INDEX deliveries_of_driver ON deliveries (user_id, updated_at)`,
      `CREATE INDEX deliveries_by_age ON deliveries (updated_at)`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'DROP INDEX deliveries_by_age',
      'DROP INDEX deliveries_of_driver',
      'DROP INDEX reservations_by_end',
      'DROP INDEX exports_of_driver',
      'ALTER TABLE exports DROP COLUMN source',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}
