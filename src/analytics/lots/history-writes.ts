import type { Tx } from '../../platform/database/tx.js';

/**
 * Stores the history of lots whose spots were added or retired before such changes were recorded,
 * as far as it can be derived from the spots. A spot that was retired and used again counts from
 * its creation.
 */
export async function completeLotHistories(tx: Tx): Promise<void> {
  await tx.sql`
    INSERT INTO lot_history (lot_id, since, number_of_spots, time_zone)
    SELECT changes.lot_id, changes.at,
      SUM(SUM(changes.difference)) OVER (PARTITION BY changes.lot_id ORDER BY changes.at),
      lots.time_zone
    FROM (
      SELECT lot_id, created_at AS at, 1 AS difference FROM spots
      UNION ALL SELECT lot_id, retired_at, -1 FROM spots WHERE retired_at IS NOT NULL
    ) changes JOIN lots ON lots.id = changes.lot_id
    WHERE NOT EXISTS (SELECT 1 FROM lot_history WHERE lot_history.lot_id = changes.lot_id)
      AND changes.lot_id IN (
        SELECT spots.lot_id FROM spots JOIN lots ON lots.id = spots.lot_id
        WHERE spots.created_at <> lots.created_at OR spots.retired_at IS NOT NULL)
    GROUP BY changes.lot_id, changes.at, lots.time_zone
    ON CONFLICT DO NOTHING`;
}

interface ZoneChange {
  readonly before: string;
  /** In ms since 1970 UTC. */
  readonly now: number;
}

/**
 * If the installation's time zone changes, keeps the previous one for the past of lots that have no
 * time zone of their own.
 */
export async function keepTimeZones(tx: Tx, { before, now }: ZoneChange): Promise<void> {
  await tx.sql`
    INSERT INTO lot_history (lot_id, since, number_of_spots, time_zone)
    SELECT id, created_at, number_of_spots, ${before} FROM lots
    WHERE time_zone IS NULL
      AND NOT EXISTS (SELECT 1 FROM lot_history WHERE lot_history.lot_id = lots.id)`;
  await tx.sql`UPDATE lot_history SET time_zone = ${before} WHERE time_zone IS NULL`;
  await tx.sql`
    INSERT INTO lot_history (lot_id, since, number_of_spots, time_zone)
    SELECT id, ${now}, number_of_spots, NULL FROM lots WHERE time_zone IS NULL
    ON CONFLICT (lot_id, since) DO UPDATE SET time_zone = NULL`;
}
