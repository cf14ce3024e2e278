import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The hourly prices that each lot had, so that a late event at a gate is charged by the price that
 * applied when the car was seen. A trigger records every change, no matter which version of the program
 * makes it.
 */
export class LotPrices1768953600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const statements = [
      // A lot whose price never changed has no row. The first row of any other lot has the instant 0.
      `CREATE TABLE lot_prices (
        lot_id bigint NOT NULL REFERENCES lots (id),
        since bigint NOT NULL,
        price_per_hour bigint NOT NULL,
        PRIMARY KEY (lot_id, since)
      ) ${isPostgres ? '' : 'WITHOUT ROWID'}`,
      ...(isPostgres ? POSTGRES : SQLITE),
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const statements = [...(isPostgres ? POSTGRES_UNDO : SQLITE_UNDO), 'DROP TABLE lot_prices'];
    for (const statement of statements) await queryRunner.query(statement);
  }
}

/** @param latest the function that returns the later of two instants */
const recordPrices = (latest: string) => `
  INSERT INTO lot_prices (lot_id, since, price_per_hour) VALUES (OLD.id, 0, OLD.price_per_hour)
    ON CONFLICT DO NOTHING;
  INSERT INTO lot_prices (lot_id, since, price_per_hour)
    -- Never earlier than the last change, even if the clock was set back.
    VALUES (NEW.id,
      ${latest}(NEW.updated_at, (SELECT MAX(since) FROM lot_prices WHERE lot_id = NEW.id)),
      NEW.price_per_hour)
    ON CONFLICT (lot_id, since) DO UPDATE SET price_per_hour = EXCLUDED.price_per_hour;`;

const POSTGRES = [
  `CREATE FUNCTION note_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN ${recordPrices('GREATEST')}
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER lots_prices AFTER UPDATE OF price_per_hour ON lots FOR EACH ROW
    WHEN (NEW.price_per_hour <> OLD.price_per_hour) EXECUTE FUNCTION note_price_change()`,
];
const POSTGRES_UNDO = ['DROP TRIGGER lots_prices ON lots', 'DROP FUNCTION note_price_change()'];

const SQLITE = [
  `CREATE TRIGGER lots_prices AFTER UPDATE OF price_per_hour ON lots
    WHEN NEW.price_per_hour <> OLD.price_per_hour
    BEGIN ${recordPrices('MAX')} END`,
];
const SQLITE_UNDO = ['DROP TRIGGER lots_prices'];
