import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Closes two ways around the triggers of the audit log: on SQLite, `INSERT OR REPLACE` deletes the
 * old row without firing its triggers; on PostgreSQL, `session_replication_role = replica` turns
 * ordinary triggers off.
 */
export class AuditReplace1767834000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    if (isPostgres(queryRunner)) {
      await queryRunner.query('ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only');
      return;
    }
    // In a trigger that runs before the insert, an id that is still to be generated is -1.
    await queryRunner.query(`CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
      WHEN NEW.id > 0 AND EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
      BEGIN SELECT RAISE(ABORT, 'audit_log only takes new rows'); END`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      isPostgres(queryRunner)
        ? 'ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only'
        : 'DROP TRIGGER audit_log_no_replace',
    );
  }
}

function isPostgres({ dataSource }: QueryRunner): boolean {
  return dataSource.options.type === 'postgres';
}
