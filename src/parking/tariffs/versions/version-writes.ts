import type { Tx } from '../../../platform/database/tx.js';
import { pricePerHour } from '../tariff.js';
import type { LotVersions } from './tariff-queries.js';
import { encodeTariff, NO_END, type TariffVersion } from './tariff-version.js';

/** A version to insert while the lot is locked. Instants in milliseconds. */
export interface NewVersion extends Pick<
  TariffVersion,
  'lotId' | 'timeZone' | 'tariff' | 'validFrom'
> {
  readonly now: number;
}

/** Withdraws all pending versions except `pending`; there are several if the clock was set back. */
export async function keepOnePending(
  tx: Tx,
  { current, pending }: LotVersions,
  { lotId, now }: { readonly lotId: number; readonly now: number },
): Promise<void> {
  if (!pending) return;
  const others = await tx.sql`
    UPDATE tariffs SET ends_at = valid_from, withdrawn_at = ${now}
    WHERE lot_id = ${lotId} AND valid_from > ${now} AND withdrawn_at IS NULL AND id <> ${pending.id}
    RETURNING id`;
  if (others.length > 0 && current) await changeEnd(tx, current.id, pending.validFrom);
}

/** Inserts the version as the current one, which ends when the pending one begins. */
export async function start(
  tx: Tx,
  { current, pending }: LotVersions,
  version: NewVersion,
): Promise<TariffVersion> {
  if (current) await changeEnd(tx, current.id, version.now);
  const endsAt = pending?.validFrom ?? null;
  return insertVersion(tx, { ...version, validFrom: version.now, endsAt });
}

/** Inserts the version as the pending one, and withdraws the previous pending one. */
export async function schedule(
  tx: Tx,
  { current, pending }: LotVersions,
  version: NewVersion,
): Promise<TariffVersion> {
  if (pending) await withdraw(tx, pending.id, version.now);
  if (current) await changeEnd(tx, current.id, version.validFrom);
  return insertVersion(tx, { ...version, endsAt: null });
}

/** Withdraws a pending version, so that it never applies. */
export async function withdraw(tx: Tx, id: number, now: number): Promise<void> {
  await tx.sql`UPDATE tariffs SET ends_at = valid_from, withdrawn_at = ${now} WHERE id = ${id}`;
}

export async function changeEnd(tx: Tx, id: number, endsAt: number): Promise<void> {
  await tx.sql`UPDATE tariffs SET ends_at = ${endsAt} WHERE id = ${id}`;
}

async function insertVersion(
  tx: Tx,
  row: NewVersion & Pick<TariffVersion, 'endsAt'>,
): Promise<TariffVersion> {
  const { lotId, timeZone, tariff, validFrom, endsAt, now } = row;
  const [inserted] = await tx.sql<{ id: number; version: number }[]>`
    INSERT INTO tariffs
      (lot_id, version, valid_from, ends_at, time_zone, price_per_hour, content, created_at)
    VALUES (${lotId}, (SELECT COALESCE(MAX(version), 0) + 1 FROM tariffs WHERE lot_id = ${lotId}),
      ${validFrom}, ${endsAt ?? NO_END}, ${timeZone}, ${pricePerHour(tariff)},
      ${encodeTariff(tariff)}, ${now})
    RETURNING id, version`;
  if (!inserted) throw new Error('INSERT returned no row');
  return { ...inserted, lotId, timeZone, tariff, validFrom, endsAt };
}
