import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row about the whole installation: the currency of every stored amount, and its decimals. */
export class Installation1767747600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE installation (
      id integer PRIMARY KEY CHECK (id = 1),
      currency text NOT NULL,
      currency_decimals integer NOT NULL CHECK (currency_decimals BETWEEN 0 AND 4),
      decimals_confirmed integer NOT NULL DEFAULT 0 CHECK (decimals_confirmed IN (0, 1))
    )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE installation');
  }
}
