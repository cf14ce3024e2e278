import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sums of an hour, or of a day, of a lot. Durations in ms, money in minor units. */
const SUMS = `
  lot_id bigint NOT NULL REFERENCES lots (id),
  starts_at bigint NOT NULL,
  carried bigint NOT NULL,
  arrivals bigint NOT NULL,
  departures bigint NOT NULL,
  remaining bigint NOT NULL,
  no_shows bigint NOT NULL,
  dwell bigint NOT NULL,
  parked bigint NOT NULL,
  peak bigint NOT NULL,
  revenue bigint NOT NULL,
  PRIMARY KEY (lot_id, starts_at)`;

/**
 * Sums per lot and hour, from which analytics are computed (docs/decisions/hourly-sums.md), and the
 * number of spots and the time zone that each lot had. Triggers record every change of the past, no
 * matter which code or which version of the program makes it.
 */
export class Analytics1768521600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const withoutRowid = isPostgres ? '' : 'WITHOUT ROWID';
    const statements = [
      `CREATE TABLE lot_hours (${SUMS}) ${withoutRowid}`,
      `CREATE TABLE lot_days (${SUMS}) ${withoutRowid}`,
      // Hours that end at or before `ends_at` are summed, except those with a change in `late_changes`.
      `CREATE TABLE summed_hours (
        id integer PRIMARY KEY CHECK (id = 1),
        ends_at bigint NOT NULL,
        time_zone text,
        revision bigint NOT NULL
      )`,
      `INSERT INTO summed_hours (id, ends_at, revision) VALUES (1, 0, 0)`,
      `CREATE TABLE late_changes (
        lot_id bigint PRIMARY KEY REFERENCES lots (id),
        since bigint NOT NULL
      )`,
      // A lot that never changed has no row.
      `CREATE TABLE lot_history (
        lot_id bigint NOT NULL REFERENCES lots (id),
        since bigint NOT NULL,
        number_of_spots integer NOT NULL,
        time_zone text,
        PRIMARY KEY (lot_id, since)
      ) ${withoutRowid}`,
      // This index has few rows: bookings ahead that were cancelled or became no-shows.
      `CREATE INDEX reservations_by_ending ON reservations (ended_at)
        WHERE status IN ('cancelled', 'no_show')`,
      `INSERT INTO jobs (id, name, dedup_key, payload, run_at, status, attempts, created_at)
        SELECT 'sum-first-hours', 'hourly-sums', 'first', '{"v":1}', 0, 'pending', 0, 0
        WHERE EXISTS (SELECT 1 FROM reservations)`,
      ...(isPostgres ? POSTGRES : SQLITE),
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const isPostgres = queryRunner.dataSource.options.type === 'postgres';
    const statements = [
      ...(isPostgres ? POSTGRES_UNDO : SQLITE_UNDO),
      `DELETE FROM jobs WHERE name = 'hourly-sums'`,
      'DROP INDEX reservations_by_ending',
      'DROP TABLE lot_history',
      'DROP TABLE late_changes',
      'DROP TABLE summed_hours',
      'DROP TABLE lot_days',
      'DROP TABLE lot_hours',
    ];
    for (const statement of statements) await queryRunner.query(statement);
  }
}

const POSTGRES = [
  `CREATE FUNCTION note_late_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      changed bigint := LEAST(NEW.parked_at, NEW.ended_at);
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        changed := LEAST(
          CASE WHEN NEW.parked_at <> OLD.parked_at
            OR (NEW.status IN ('active', 'completed')) <> (OLD.status IN ('active', 'completed'))
            THEN LEAST(
              CASE WHEN NEW.status IN ('active', 'completed') THEN NEW.parked_at END,
              CASE WHEN OLD.status IN ('active', 'completed') THEN OLD.parked_at END) END,
          CASE WHEN NEW.left_at IS DISTINCT FROM OLD.left_at
            THEN LEAST(NEW.left_at, OLD.left_at) END,
          CASE WHEN NEW.ended_at IS DISTINCT FROM OLD.ended_at
            THEN LEAST(NEW.ended_at, OLD.ended_at) END);
      END IF;
      -- Includes the last minute: an hour may be summed now, by a transaction that cannot see this row.
      -- Nothing is recorded before the first hours are summed, as during an import.
      IF changed < (
        SELECT GREATEST(ends_at, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint - 60000)
        FROM summed_hours WHERE ends_at > 0
      ) THEN
        INSERT INTO late_changes (lot_id, since) VALUES (NEW.lot_id, changed)
          ON CONFLICT (lot_id)
          DO UPDATE SET since = LEAST(late_changes.since, EXCLUDED.since);
      END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER reservations_late_change
    AFTER INSERT OR UPDATE OF status, parked_at, left_at, ended_at ON reservations
    FOR EACH ROW EXECUTE FUNCTION note_late_change()`,
  `CREATE FUNCTION note_lot_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO lot_history (lot_id, since, number_of_spots, time_zone)
        VALUES (OLD.id, OLD.created_at, OLD.number_of_spots, OLD.time_zone)
        ON CONFLICT DO NOTHING;
      INSERT INTO lot_history (lot_id, since, number_of_spots, time_zone)
        -- Never earlier than the last change, even if the clock was set back.
        VALUES (NEW.id,
          GREATEST(NEW.updated_at, (SELECT MAX(since) FROM lot_history WHERE lot_id = NEW.id)),
          NEW.number_of_spots, NEW.time_zone)
        ON CONFLICT (lot_id, since) DO UPDATE
        SET number_of_spots = EXCLUDED.number_of_spots, time_zone = EXCLUDED.time_zone;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER lots_history AFTER UPDATE OF number_of_spots, time_zone ON lots FOR EACH ROW
    WHEN (NEW.number_of_spots <> OLD.number_of_spots
      OR NEW.time_zone IS DISTINCT FROM OLD.time_zone)
    EXECUTE FUNCTION note_lot_change()`,
];
const POSTGRES_UNDO = [
  'DROP TRIGGER lots_history ON lots',
  'DROP FUNCTION note_lot_change()',
  'DROP TRIGGER reservations_late_change ON reservations',
  'DROP FUNCTION note_late_change()',
];

/** Later than every instant. */
const NEVER = 9_000_000_000_000_000;
const SUMMED = '(SELECT ends_at FROM summed_hours)';

/** SQLite: records a late change of the lot's bookings at the instant. */
const noteSince = (changed: string) => `
  INSERT INTO late_changes (lot_id, since) VALUES (NEW.lot_id, ${changed})
    ON CONFLICT (lot_id) DO UPDATE SET since = MIN(since, excluded.since);`;

const INSERTED = 'MIN(NEW.parked_at, COALESCE(NEW.ended_at, NEW.parked_at))';
const UPDATED = `MIN(
  CASE WHEN NEW.parked_at <> OLD.parked_at
    OR (NEW.status IN ('active', 'completed')) <> (OLD.status IN ('active', 'completed'))
    THEN MIN(
      CASE WHEN NEW.status IN ('active', 'completed') THEN NEW.parked_at ELSE ${NEVER} END,
      CASE WHEN OLD.status IN ('active', 'completed') THEN OLD.parked_at ELSE ${NEVER} END)
    ELSE ${NEVER} END,
  CASE WHEN NEW.left_at IS NOT OLD.left_at
    THEN MIN(COALESCE(NEW.left_at, ${NEVER}), COALESCE(OLD.left_at, ${NEVER}))
    ELSE ${NEVER} END,
  CASE WHEN NEW.ended_at IS NOT OLD.ended_at
    THEN MIN(COALESCE(NEW.ended_at, ${NEVER}), COALESCE(OLD.ended_at, ${NEVER}))
    ELSE ${NEVER} END)`;

const SQLITE = [
  `CREATE TRIGGER reservations_late_insert AFTER INSERT ON reservations
    WHEN ${INSERTED} < ${SUMMED} BEGIN ${noteSince(INSERTED)} END`,
  `CREATE TRIGGER reservations_late_update
    AFTER UPDATE OF status, parked_at, left_at, ended_at ON reservations
    WHEN ${UPDATED} < ${SUMMED} BEGIN ${noteSince(UPDATED)} END`,
  `CREATE TRIGGER lots_history AFTER UPDATE OF number_of_spots, time_zone ON lots
    WHEN NEW.number_of_spots <> OLD.number_of_spots OR NEW.time_zone IS NOT OLD.time_zone
    BEGIN
      INSERT INTO lot_history (lot_id, since, number_of_spots, time_zone)
        VALUES (OLD.id, OLD.created_at, OLD.number_of_spots, OLD.time_zone)
        ON CONFLICT DO NOTHING;
      INSERT INTO lot_history (lot_id, since, number_of_spots, time_zone)
        VALUES (NEW.id,
          MAX(NEW.updated_at, (SELECT MAX(since) FROM lot_history WHERE lot_id = NEW.id)),
          NEW.number_of_spots, NEW.time_zone)
        ON CONFLICT (lot_id, since) DO UPDATE
        SET number_of_spots = excluded.number_of_spots, time_zone = excluded.time_zone;
    END`,
];
const SQLITE_UNDO = [
  'DROP TRIGGER lots_history',
  'DROP TRIGGER reservations_late_update',
  'DROP TRIGGER reservations_late_insert',
];
