import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a link was mailed to the account's address. The previous version does not set it. */
export class MailedLinks1768780800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE account_links ADD COLUMN mailed integer NOT NULL DEFAULT 0 CHECK (mailed IN (0, 1))`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE account_links DROP COLUMN mailed');
  }
}
