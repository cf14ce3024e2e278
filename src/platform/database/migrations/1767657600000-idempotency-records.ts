import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Renames `kept_outcomes` to the name that the code and the documents use. The previous version may
 * still be running on PostgreSQL: it reads and writes through the view, which a later release drops.
 * SQLite has one process, so it needs no view.
 */
export class IdempotencyRecords1767657600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE kept_outcomes RENAME TO idempotency_records');
    if (!isPostgres(queryRunner)) {
      await queryRunner.query('DROP INDEX kept_outcomes_by_age');
      await queryRunner.query(
        'CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at)',
      );
      return;
    }
    await queryRunner.query(
      'ALTER INDEX kept_outcomes_by_age RENAME TO idempotency_records_by_age',
    );
    await queryRunner.query('ALTER INDEX kept_outcomes_pkey RENAME TO idempotency_records_pkey');
    await queryRunner.query('CREATE VIEW kept_outcomes AS SELECT * FROM idempotency_records');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (!isPostgres(queryRunner)) {
      await queryRunner.query('ALTER TABLE idempotency_records RENAME TO kept_outcomes');
      await queryRunner.query('DROP INDEX idempotency_records_by_age');
      await queryRunner.query('CREATE INDEX kept_outcomes_by_age ON kept_outcomes (created_at)');
      return;
    }
    await queryRunner.query('DROP VIEW kept_outcomes');
    await queryRunner.query('ALTER TABLE idempotency_records RENAME TO kept_outcomes');
    await queryRunner.query('ALTER INDEX idempotency_records_pkey RENAME TO kept_outcomes_pkey');
    await queryRunner.query(
      'ALTER INDEX idempotency_records_by_age RENAME TO kept_outcomes_by_age',
    );
  }
}

function isPostgres({ dataSource }: QueryRunner): boolean {
  return dataSource.options.type === 'postgres';
}
