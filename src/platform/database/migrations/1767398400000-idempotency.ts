import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Responses to requests with an Idempotency-Key, so that a repeated request gets the same response. */
export class Idempotency1767398400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // SHA-256 digests in base64url: of account, method, path and key, and of the body.
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
