import type { AuditedValues } from '../../platform/audit/audit.js';
import type { AuditedAction, AuditTarget } from '../../platform/audit/audited-actions.js';
import type { Queryable } from '../../platform/database/queryable.js';
import { withoutOldPlates } from '../../parking/vehicles/audited-plates.js';
import type { PlateCutoff } from '../../parking/vehicles/plate-retention.js';
import { list, part, type SqlFragment } from '../../platform/database/sql/sql.js';
import { caseFolded } from '../../platform/text.js';
import { bookingIds } from './booking-pages.js';
import { PAGE_ROWS, type Pages, pagesOf } from './pages.js';

/** An audit entry about the person or the person's action; the instant in ms. */
export interface PersonalEntry {
  readonly id: number;
  readonly recordedAt: number;
  readonly action: AuditedAction;
  readonly actorId: number | null;
  /** Null in entries of other actors, whose address is not the person's. */
  readonly clientAddress: string | null;
  readonly targetType: AuditTarget;
  readonly targetId: string | null;
  readonly before: AuditedValues | null;
  readonly after: AuditedValues | null;
}

type StoredEntry = Omit<PersonalEntry, 'before' | 'after'> & {
  readonly before: string | null;
  readonly after: string | null;
};

interface Person {
  readonly id: number;
  readonly username: string;
}

/**
 * The entries about the person's actions, including failed logins with the person's name; then the entries
 * about what others did to the account and to the person's bookings.
 */
export async function* auditPages(
  database: Queryable,
  person: Person,
  cutoff: PlateCutoff,
): Pages<PersonalEntry> {
  const key = caseFolded(person.username);
  const own = part`lower(actor_name) = ${key}`;
  const byOthers = part`(actor_name IS NULL OR lower(actor_name) <> ${key})`;
  const about = part`target_type = 'account' AND target_id = ${String(person.id)} AND ${byOthers}`;
  const source = { database, cutoff };
  yield* entryPages(source, own, part`client_address`);
  yield* entryPages(source, about, part`NULL`);
  for await (const page of bookingIds(database, person.id)) {
    const ids = page.map(({ id }) => String(id));
    const ofBookings = part`target_type = 'reservation' AND target_id IN (${list(ids)})`;
    yield* entryPages(source, part`${ofBookings} AND ${byOthers}`, part`NULL`);
  }
}

function entryPages(
  { database, cutoff }: { readonly database: Queryable; readonly cutoff: PlateCutoff },
  condition: SqlFragment,
  address: SqlFragment,
): Pages<PersonalEntry> {
  return pagesOf(async (last) => {
    const { recordedAt = Number.MAX_SAFE_INTEGER, id = Number.MAX_SAFE_INTEGER } = last ?? {};
    const rows = await database.sql<StoredEntry[]>`
      SELECT id, recorded_at AS "recordedAt", action, actor_id AS "actorId",
        ${address} AS "clientAddress", target_type AS "targetType", target_id AS "targetId",
        values_before AS before, values_after AS after
      FROM audit_log WHERE ${condition} AND (recorded_at, id) < (${recordedAt}, ${id})
      ORDER BY recorded_at DESC, id DESC LIMIT ${PAGE_ROWS}`;
    const entries = rows.map((row) => ({
      ...row,
      before: parse(row.before),
      after: parse(row.after),
    }));
    return withoutOldPlates(database, cutoff, entries);
  });
}

function parse(json: string | null): AuditedValues | null {
  return json === null ? null : (JSON.parse(json) as AuditedValues);
}
