import type { Tx } from '../../../platform/database/tx.js';
import { type AccountRow, copyAccounts } from '../../../auth/accounts/insert-accounts.js';
import type { Keyed } from '../../../platform/database/bulk/copy-rows.js';
import { ImportRefused } from '../import-refused.js';
import type { AccountNames } from '../rules/account-names.js';

/** @throws ImportRefused where the database has lots, drivers or bookings already. */
export async function refuseNonEmpty(tx: Tx): Promise<void> {
  const [counts] = await tx.sql<[Record<string, number>]>`
    SELECT (SELECT COUNT(*) FROM accounts WHERE role = 'user') AS drivers,
      (SELECT COUNT(*) FROM lots) AS lots, (SELECT COUNT(*) FROM reservations) AS bookings`;
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  if (found.length === 0) return;
  const what = found.map(([name, count]) => `${count} ${name}`).join(', ');
  throw new ImportRefused(`The VPMS database is not empty: it has ${what}`);
}

interface Arrivals {
  /** Whether the file brings an admin who can log in. */
  readonly hasAdmin: boolean;
  /** Whom VPMS would make at its first start. */
  readonly firstAdmin: { readonly username: string; readonly email: string };
  readonly names: AccountNames;
  readonly isTaken: (id: number) => boolean;
  /** An id that neither the file nor VPMS has. */
  readonly nextId: () => number;
  readonly remark: (text: string) => void;
}

/**
 * Makes room for the file's accounts. An admin that VPMS made at its first start, alone and never
 * changed, gives way to the file's admin. Any other stays, with its name; where its id is one of the
 * file's, it gets a new one, and must log in again.
 */
export async function makeRoom(tx: Tx, arrivals: Arrivals): Promise<void> {
  const admins = await tx.sql<Keyed<AccountRow>[]>`
    SELECT id, username, email, password_hash AS "passwordHash", role, created_at AS "createdAt",
      updated_at AS "updatedAt" FROM accounts ORDER BY id`;
  // The one that the first start after the import will make.
  if (!arrivals.hasAdmin && admins.length === 0) {
    arrivals.names.reserve(arrivals.firstAdmin.username, arrivals.firstAdmin.email);
  }
  const [first] = admins;
  if (arrivals.hasAdmin && admins.length === 1 && first && isUntouched(first)) {
    await remove(tx, first.id);
    arrivals.remark(`The admin of the first start (${first.username}) gave way to the file's.`);
    return;
  }
  for (const admin of admins) {
    arrivals.names.reserve(admin.username, admin.email);
    if (!arrivals.isTaken(admin.id)) continue;
    const id = arrivals.nextId();
    await remove(tx, admin.id);
    await copyAccounts(tx, [{ ...admin, id }]);
    arrivals.remark(`The admin ${admin.username} of VPMS stays, and has the id ${id} now.`);
  }
}

/** A password change would have moved `updatedAt`. */
function isUntouched({ createdAt, updatedAt }: AccountRow): boolean {
  return createdAt === updatedAt;
}

async function remove(tx: Tx, id: number): Promise<void> {
  await tx.sql`DELETE FROM sessions WHERE account_id = ${id}`;
  await tx.sql`DELETE FROM accounts WHERE id = ${id}`;
}
