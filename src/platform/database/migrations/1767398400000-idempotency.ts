import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What requests with an Idempotency-Key have come to, so that a repeated one gets the same answer. */
export class Idempotency1767398400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // The digests are SHA-256 in base64url: of caller, method, path and key, and of the body.
    await queryRunner.query(`CREATE TABLE kept_outcomes (
      request_digest text PRIMARY KEY,
      body_digest text NOT NULL,
      outcome text NOT NULL,
      created_at bigint NOT NULL
    )`);
    await queryRunner.query('CREATE INDEX kept_outcomes_by_age ON kept_outcomes (created_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE kept_outcomes');
  }
}
