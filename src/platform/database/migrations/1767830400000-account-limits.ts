import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Columns and a table that limit the rows of an account: when a session was last used, the account of
 * an idempotency record, and the networks from which the account has logged in. The defaults serve an
 * instance of the previous version, which does not use the columns.
 */
export class AccountLimits1767830400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'ALTER TABLE sessions ADD COLUMN last_used_at bigint NOT NULL DEFAULT 0',
      'DROP INDEX sessions_by_account',
      'CREATE INDEX sessions_by_use ON sessions (account_id, last_used_at)',
      'ALTER TABLE idempotency_records ADD COLUMN account_id bigint',
      'ALTER TABLE idempotency_records ADD COLUMN used_at bigint NOT NULL DEFAULT 0',
      `CREATE INDEX idempotency_records_by_account ON idempotency_records (account_id, used_at)
        WHERE account_id IS NOT NULL`,
      `CREATE TABLE login_networks (
        account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        network text NOT NULL,
        used_at bigint NOT NULL,
        PRIMARY KEY (account_id, network)
      )`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const statements = [
      'DROP TABLE login_networks',
      'DROP INDEX idempotency_records_by_account',
      'ALTER TABLE idempotency_records DROP COLUMN used_at',
      'ALTER TABLE idempotency_records DROP COLUMN account_id',
      'DROP INDEX sessions_by_use',
      'CREATE INDEX sessions_by_account ON sessions (account_id)',
      'ALTER TABLE sessions DROP COLUMN last_used_at',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}
