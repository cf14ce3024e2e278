import { chunk } from '../database/bulk/chunk.js';
import { BATCH_ROWS } from '../database/bulk/in-batches.js';
import { list, type SqlFragment } from '../database/sql/sql.js';
import type { Tx } from '../database/tx.js';
import { caseFolded } from '../text.js';

/** Fields that contain a plate. */
export const PLATE_FIELDS: ReadonlySet<string> = new Set(['vehicleNumber', 'plate']);

/** Fields that describe a person, in entries whose target is the person or one of their bookings. */
const PERSONAL_FIELDS: ReadonlySet<string> = new Set([
  'username',
  'email',
  ...PLATE_FIELDS,
  'remarks',
  'reason',
  'note',
]);

/**
 * Runs the work, which may change names, addresses, request ids and values of entries. The database refuses
 * these changes without the permit, and all other changes even with it.
 */
export async function withErasePermit(tx: Tx, work: () => Promise<void>): Promise<void> {
  await tx.sql`INSERT INTO audit_permits (kind) VALUES ('erase')`;
  await work();
  await tx.sql`DELETE FROM audit_permits`;
}

/**
 * Erases the actor's name, the client's address, and the request id, which the client may have chosen,
 * from the entries of the person's actions.
 * @returns the addresses
 */
export async function eraseActor(tx: Tx, username: string): Promise<string[]> {
  const key = caseFolded(username);
  const rows = await tx.sql<{ address: string }[]>`
    SELECT DISTINCT client_address AS address FROM audit_log
    WHERE lower(actor_name) = ${key} AND client_address IS NOT NULL`;
  await tx.sql`
    UPDATE audit_log SET actor_name = NULL, client_address = NULL, request_id = NULL
    WHERE lower(actor_name) = ${key}`;
  return rows.map(({ address }) => address);
}

/** Erases the addresses that match, with the request ids, from entries of clients who were not logged in. */
export async function eraseAnonymousAddresses(
  tx: Tx,
  matches: (address: string) => boolean,
): Promise<void> {
  const rows = await tx.sql<{ address: string }[]>`
    SELECT DISTINCT client_address AS address FROM audit_log
    WHERE lower(actor_name) IS NULL AND client_address IS NOT NULL`;
  const matching = rows.map(({ address }) => address).filter(matches);
  for (const some of chunk(matching, BATCH_ROWS)) {
    await tx.sql`
      UPDATE audit_log SET client_address = NULL, request_id = NULL
      WHERE lower(actor_name) IS NULL AND client_address IN (${list(some)})`;
  }
}

/** Erases personal values from the entries that match: every field that describes a person. */
export async function erasePersonalValues(tx: Tx, entries: SqlFragment): Promise<void> {
  await changeValues(tx, entries, (field, value) => (PERSONAL_FIELDS.has(field) ? null : value));
}

/** Erases plates from the entries that match. */
export async function erasePlates(tx: Tx, entries: SqlFragment): Promise<void> {
  await changeValues(tx, entries, (field, value) => (PLATE_FIELDS.has(field) ? null : value));
}

/** Erases every text that matches from the values of the entries. */
export async function eraseTexts(
  tx: Tx,
  entries: SqlFragment,
  matches: (text: string) => boolean,
): Promise<void> {
  await changeValues(tx, entries, (_, value) =>
    typeof value === 'string' && matches(value) ? null : value,
  );
}

type Change = (field: string, value: unknown) => unknown;

async function changeValues(tx: Tx, entries: SqlFragment, change: Change): Promise<void> {
  const rows = await tx.sql<{ id: number; before: string | null; after: string | null }[]>`
    SELECT id, values_before AS before, values_after AS after FROM audit_log
    WHERE ${entries} AND (values_before IS NOT NULL OR values_after IS NOT NULL)`;
  for (const { id, before, after } of rows) {
    const changed = { before: changeText(before, change), after: changeText(after, change) };
    if (changed.before === before && changed.after === after) continue;
    await tx.sql`
      UPDATE audit_log SET values_before = ${changed.before}, values_after = ${changed.after}
      WHERE id = ${id}`;
  }
}

function changeText(json: string | null, change: Change): string | null {
  return json && JSON.stringify(JSON.parse(json, change));
}
