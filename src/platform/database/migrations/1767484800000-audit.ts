import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes } from './column-types.js';

/**
 * The audit log. It does not reference accounts: a row stays unchanged even if its account is
 * deleted. Triggers refuse every change and deletion of a row.
 */
export class Audit1767484800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const { generatedId } = columnTypes(queryRunner);
    const statements = [
      `CREATE TABLE audit_log (
        id ${generatedId},
        recorded_at bigint NOT NULL,
        action text NOT NULL,
        actor_id bigint,
        actor_name text,
        client_address text,
        request_id text,
        target_type text NOT NULL,
        target_id text,
        values_before text,
        values_after text
      )`,
      `CREATE INDEX audit_log_by_time ON audit_log (recorded_at, id)`,
      `CREATE INDEX audit_log_by_action ON audit_log (action, recorded_at, id)`,
      `CREATE INDEX audit_log_by_actor ON audit_log (lower(actor_name), recorded_at, id)`,
      `CREATE INDEX audit_log_by_target_type ON audit_log (target_type, recorded_at, id)`,
      `CREATE INDEX audit_log_by_target ON audit_log (target_type, target_id, recorded_at, id)`,
      ...(isPostgres(queryRunner) ? APPEND_ONLY_POSTGRES : APPEND_ONLY_SQLITE),
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_log');
    if (isPostgres(queryRunner)) await queryRunner.query('DROP FUNCTION refuse_audit_change');
  }
}

const APPEND_ONLY_SQLITE = ['UPDATE', 'DELETE'].map(
  (change) => `CREATE TRIGGER audit_log_no_${change.toLowerCase()} BEFORE ${change} ON audit_log
    BEGIN SELECT RAISE(ABORT, 'audit_log only takes new rows'); END`,
);

const APPEND_ONLY_POSTGRES = [
  `CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_log only takes new rows'; END $$`,
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
];

function isPostgres({ dataSource }: QueryRunner): boolean {
  return dataSource.options.type === 'postgres';
}
