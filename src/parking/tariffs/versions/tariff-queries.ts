import type { Queryable } from '../../../platform/database/queryable.js';
import { raw } from '../../../platform/database/sql/sql.js';
import { decodeTariff, NO_END, type TariffVersion } from './tariff-version.js';

interface TariffRow {
  readonly id: number;
  readonly lotId: number;
  readonly version: number;
  readonly validFrom: number;
  readonly endsAt: number;
  readonly timeZone: string;
  readonly content: string;
}

const TARIFF_ROW = `
  SELECT id, lot_id AS "lotId", version, valid_from AS "validFrom", ends_at AS "endsAt",
    time_zone AS "timeZone", content
  FROM tariffs`;

/** A lot's versions at an instant. */
export interface LotVersions {
  readonly current: TariffVersion | undefined;
  readonly pending: TariffVersion | undefined;
}

export async function findVersion(
  source: Queryable,
  id: number,
): Promise<TariffVersion | undefined> {
  const rows = await source.sql<TariffRow[]>`${raw(TARIFF_ROW)} WHERE id = ${id}`;
  return rows.map(toVersion)[0];
}

/**
 * The version that applies at the instant (ms), and the one that is pending then. If the clock was
 * set back, there may be several of each; the latest is returned.
 */
export async function findVersionsAt(
  source: Queryable,
  lotId: number,
  at: number,
): Promise<LotVersions> {
  const rows = await source.sql<TariffRow[]>`
    ${raw(TARIFF_ROW)} WHERE lot_id = ${lotId} AND ends_at > ${at} AND withdrawn_at IS NULL`;
  const versions = rows.map(toVersion).sort((one, other) => other.version - one.version);
  return {
    current: versions.find(({ validFrom }) => validFrom <= at),
    pending: versions.find(({ validFrom }) => validFrom > at),
  };
}

/** A lot's versions that apply, applied or will apply, by number, the newest first. */
export async function listVersions(
  source: Queryable,
  range: { readonly lotId: number; readonly beforeVersion: number; readonly limit: number },
): Promise<TariffVersion[]> {
  const rows = await source.sql<TariffRow[]>`
    ${raw(TARIFF_ROW)}
    WHERE lot_id = ${range.lotId} AND version < ${range.beforeVersion} AND withdrawn_at IS NULL
    ORDER BY version DESC LIMIT ${range.limit}`;
  return rows.map(toVersion);
}

/** The first instant after `after` (ms) at which a version begins to apply; undefined if none will. */
export async function nextTariffChange(
  source: Queryable,
  after: number,
): Promise<number | undefined> {
  const [row] = await source.sql<{ validFrom: number }[]>`
    SELECT valid_from AS "validFrom" FROM tariffs
    WHERE valid_from > ${after} AND withdrawn_at IS NULL ORDER BY valid_from LIMIT 1`;
  return row?.validFrom;
}

function toVersion({ content, endsAt, ...row }: TariffRow): TariffVersion {
  return { ...row, endsAt: endsAt === NO_END ? null : endsAt, tariff: decodeTariff(content) };
}
