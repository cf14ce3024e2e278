import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes } from './column-types.js';

/** Job runs, their deliveries, and the monthly reports. */
export class Jobs1767312000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const { generatedId } = columnTypes(queryRunner);
    const statements = [
      // Unique, so that two instances that fire the same schedule create one row.
      `CREATE TABLE job_runs (
        id ${generatedId},
        name text NOT NULL,
        period text NOT NULL,
        status text NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
        started_at bigint NOT NULL,
        finished_at bigint,
        processed integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        error text,
        UNIQUE (name, period)
      )`,

      // Written before a message is sent, so that a message with an unknown outcome is never sent again.
      `CREATE TABLE deliveries (
        subject text NOT NULL,
        channel text NOT NULL CHECK (channel IN ('chat', 'email')),
        user_id bigint NOT NULL REFERENCES accounts (id),
        status text NOT NULL CHECK (status IN ('sending', 'sent', 'failed')),
        error text,
        updated_at bigint NOT NULL,
        PRIMARY KEY (subject, channel, user_id)
      )`,
      `CREATE INDEX deliveries_unsent ON deliveries (subject) WHERE status <> 'sent'`,

      `CREATE TABLE reports (
        user_id bigint NOT NULL REFERENCES accounts (id),
        period text NOT NULL,
        content text NOT NULL,
        created_at bigint NOT NULL,
        PRIMARY KEY (user_id, period)
      )`,
      `CREATE INDEX reports_of_period ON reports (period, user_id)`,

      // Null if nothing is to be mailed; otherwise the state of mailing the finished file.
      `ALTER TABLE exports ADD COLUMN mail text CHECK (mail IN ('pending', 'done', 'failed'))`,
      `CREATE INDEX exports_to_mail ON exports (created_at) WHERE mail = 'pending'`,
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX exports_to_mail');
    await queryRunner.query('ALTER TABLE exports DROP COLUMN mail');
    for (const table of ['reports', 'deliveries', 'job_runs']) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}
