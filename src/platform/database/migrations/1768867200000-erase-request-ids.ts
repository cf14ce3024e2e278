import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Allows an erasure to remove the request id of an audit entry. The client may have chosen this id, so it
 * may contain a name.
 */
export class EraseRequestIds1768867200000 implements MigrationInterface {
  up(queryRunner: QueryRunner): Promise<void> {
    return replaceGuard(queryRunner, 'NEW.request_id IS NULL OR ');
  }

  down(queryRunner: QueryRunner): Promise<void> {
    return replaceGuard(queryRunner, '');
  }
}

/** What an erasure must not change in an audit entry, besides the request id. */
const FIXED = ['id', 'recorded_at', 'action', 'actor_id', 'target_type', 'target_id'];
const MAY_ERASE = `EXISTS (SELECT 1 FROM audit_permits WHERE kind = 'erase')`;
const MAY_EXPIRE = `EXISTS (SELECT 1 FROM audit_permits WHERE recorded_before > OLD.recorded_at)`;

/** @param exception the SQL condition under which the request id may differ */
async function replaceGuard(queryRunner: QueryRunner, exception: string): Promise<void> {
  const isPostgres = queryRunner.dataSource.options.type === 'postgres';
  const isSame = isPostgres ? 'IS NOT DISTINCT FROM' : 'IS';
  const unchanged = [
    ...FIXED.map((name) => `NEW.${name} ${isSame} OLD.${name}`),
    `(${exception}NEW.request_id ${isSame} OLD.request_id)`,
  ].join(' AND ');
  const statements = isPostgres
    ? [
        `CREATE OR REPLACE FUNCTION guard_audit_record() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            IF TG_OP = 'DELETE' AND ${MAY_EXPIRE} THEN RETURN OLD; END IF;
            IF TG_OP = 'UPDATE' AND ${MAY_ERASE} AND ${unchanged} THEN RETURN NEW; END IF;
            RAISE EXCEPTION 'audit_log only takes new rows';
          END $$`,
      ]
    : [
        'DROP TRIGGER audit_log_no_update',
        `CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
          WHEN NOT (${MAY_ERASE} AND ${unchanged})
          BEGIN SELECT RAISE(ABORT, 'audit_log only takes new rows'); END`,
      ];
  for (const statement of statements) await queryRunner.query(statement);
}
