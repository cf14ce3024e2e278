import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes } from './column-types.js';

/**
 * `write_probe` has the one row that readiness writes. `password_checks` has, for each admin, the
 * digest of the password hash that was last compared with the common passwords.
 */
export class Probes1767837600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const { bytes } = columnTypes(queryRunner);
    await queryRunner.query(`CREATE TABLE write_probe (
      id integer PRIMARY KEY CHECK (id = 1),
      written_at bigint NOT NULL,
      padding ${bytes} NOT NULL
    )`);
    await queryRunner.query(`CREATE TABLE password_checks (
      account_id bigint PRIMARY KEY,
      digest text NOT NULL
    )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE password_checks');
    await queryRunner.query('DROP TABLE write_probe');
  }
}
