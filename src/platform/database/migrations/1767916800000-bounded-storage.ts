import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What limits the files of exports and the mails of an account, and finds deliveries by age. */
export class BoundedStorage1767916800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      // What the file was made from, to find out whether a new one would be the same.
      `ALTER TABLE exports ADD COLUMN source text`,
      `CREATE INDEX exports_of_driver ON exports (user_id, created_at)`,
      `CREATE INDEX deliveries_of_driver ON deliveries (user_id, updated_at)`,
      `CREATE INDEX deliveries_by_age ON deliveries (updated_at)`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'DROP INDEX deliveries_by_age',
      'DROP INDEX deliveries_of_driver',
      'DROP INDEX exports_of_driver',
      'ALTER TABLE exports DROP COLUMN source',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}
